import type { ActorContext } from '../audit/actor.ts'
import { passkeyId } from '../credentials/passkey/passkey.ts'
import { totpId } from '../credentials/totp/totp.ts'
import type { Tx } from '../db/types.ts'
import type { SecondFactor } from '../factors/factor.ts'
import { secondFactorsOf } from '../factors/held.ts'
import { findHeld } from '../factors/store.ts'
import type { UserId } from '../users/user.ts'
import type { Factors } from './factors.ts'

interface Later {
  /** What came at this moment or after it. */
  readonly since: Date
  /** The one that came with it: it was made a moment before the letter that tells of it. */
  readonly factor?: { readonly kind: SecondFactor; readonly id?: string | undefined } | undefined
}

/** Whoever calls it holds the person, and ends what is signed in. */
export type TakeLaterFactors = (tx: Tx, by: ActorContext, user: UserId, later: Later) => Promise<void>

interface TakeDeps {
  readonly factors: Pick<Factors, 'totps' | 'passkeys' | 'backupCodes' | 'emailCodes'>
}

/**
 * Of somebody who says "this was not me", what a thief added: or it would open the account again beside the new password,
 * and the owner would be asked for what they never had. Whoever added one could add more, so whatever came after it goes as
 * well; what was there before stays.
 */
export const takingLaterFactors =
  ({ factors: { totps, passkeys, backupCodes, emailCodes } }: TakeDeps): TakeLaterFactors =>
  async (tx, by, user, { since, factor }) => {
    const id = factor?.id ?? ''
    await totps.removeLater(tx, by, user, { since, ...(totpId.is(id) && { id }) })
    await passkeys.removeLater(tx, by, user, { since, ...(passkeyId.is(id) && { id }) })
    // There is one at most of these: it is the one that was told of, or was made in its place since.
    await emailCodes.disable(tx, by, user, factor?.kind === 'email-code' ? undefined : since)
    const isLast = secondFactorsOf(await findHeld(tx, user)).length === 0
    await backupCodes.removeAllOf(tx, by, user, isLast || factor?.kind === 'backup-code' ? undefined : since)
  }
