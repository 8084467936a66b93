import type { Provider } from 'oidc-provider'
import { findUnit } from '../unit/units.ts'

/** A token that takes the place of another is no new one drawn by chance: it is the one that every retry is answered with. */
export function ownSuccessors({ RefreshToken }: Provider): void {
  const { prototype } = RefreshToken
  const { generateTokenId: byChance } = prototype
  prototype.generateTokenId = function successor() {
    return findUnit()?.rotation?.successor ?? byChance.call(this)
  }
}
