import type { ActorContext } from '../audit/actor.ts'
import type { Tx } from '../db/types.ts'
import type { SecondFactor } from '../factors/factor.ts'
import { deleteEnrolmentDue } from '../factors/store.ts'
import { deleteAttemptsOf } from '../login/attempts/store.ts'
import type { Notices } from '../notices/service.ts'
import type { SessionId } from '../sessions/session.ts'
import type { TrustedBrowsers } from '../trusted-browsers/service.ts'
import type { UserId } from '../users/user.ts'

interface Owner {
  readonly id: UserId
  readonly email: string
  readonly name: string
  readonly locale: string | null
}

interface Change {
  readonly kind: 'added' | 'removed'
  readonly factor: SecondFactor
  /** As its owner calls it. */
  readonly name?: string | undefined
  /** Which one, where there may be several of a kind. */
  readonly id?: string
}

/** What goes on: that of whoever makes the change. */
interface Kept {
  readonly session?: SessionId
  /** By the hash of its interaction. */
  readonly attempt?: Buffer
  /** For the owner to recognise it by, in the letter that tells of it. */
  readonly device?: string | undefined
}

/** In the transaction of the change itself, around every factor that comes or goes, whoever does it. */
export type FactorChanged = (tx: Tx, by: ActorContext, user: Owner, what: Change, kept?: Kept) => Promise<void>

interface ChangeDeps {
  readonly trustedBrowsers: Pick<TrustedBrowsers<ActorContext>, 'endAllOf'>
  readonly notices: Pick<Notices<ActorContext>, 'tell'>
}

/**
 * A sign-in under way was judged by the factors of before: of all that are, one goes on, the one that makes the change.
 * A browser was trusted on the word of a factor; the sessions stay, for each has proven what it has proven.
 */
export const factorChanged =
  ({ trustedBrowsers, notices }: ChangeDeps): FactorChanged =>
  async (tx, by, user, { kind, factor, name, id }, { attempt, device } = {}) => {
    await deleteAttemptsOf(tx, user.id, attempt)
    // No browser is ever trusted on the word of a backup code: new ones change nothing of what it stands for.
    if (factor !== 'backup-code') await trustedBrowsers.endAllOf(tx, by, user.id, 'factor-changed')
    // Codes for the day that another one is gone are not what somebody had to enrol.
    if (kind === 'added' && factor !== 'backup-code') await deleteEnrolmentDue(tx, user.id)
    await notices.tell(tx, by, {
      user,
      what: kind === 'added' ? 'factor-added' : 'factor-removed',
      factor: { kind: factor, ...(name !== undefined && { name }), ...(id !== undefined && { id }) },
      ...(device !== undefined && { device }),
      ...(by.ip !== undefined && { place: by.ip }),
    })
  }
