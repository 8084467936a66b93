import type { Secret } from '../../lib/secret.ts'
import type { Place, Plaintext } from './sealed.ts'

/** What a feature is given to seal and open its columns with: the instance's, or one person's. */
export interface Sealer {
  /** The column must be registered (`register_sealed_column` in its migration), or a rotation would lose it. */
  seal(place: Place, plaintext: Plaintext): Buffer
  /** Throws `seal-broken` for anything that was not sealed for this very place. */
  open(place: Place, sealed: Uint8Array): Promise<Secret<Buffer>>
  openText(place: Place, sealed: Uint8Array): Promise<Secret<string>>
}
