import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Tx } from '../db/types.ts'
import { secondFactorsOf } from '../factors/held.ts'
import { findHeld, putEnrolmentDue } from '../factors/store.ts'
import type { Lockout } from '../guard/lockout/service.ts'
import type { Clock } from '../lib/clock.ts'
import type { Mail } from '../mail/service.ts'
import type { UserId } from '../users/user.ts'
import type { EndEverything } from './end-everything.ts'
import type { Factors } from './factors.ts'
import type { TakeConsents } from './take-consents.ts'

interface Owner {
  readonly id: UserId
  readonly email: string
  readonly name: string
  readonly locale: string | null
}

interface Away {
  /** By the link that an administrator opened, or by the operator of the host. */
  readonly via: 'recovery' | 'operator'
  /** The next sign-in leads through enrolment, with the mailbox proven first. Not where there may be no mail. */
  readonly mustEnrol: boolean
}

/** Whoever calls it holds the person. */
export type TakeFactorsAway = (tx: Tx, by: ActorContext, person: Owner, away: Away) => Promise<void>

interface TakeDeps {
  readonly factors: Pick<Factors, 'totps' | 'passkeys' | 'backupCodes' | 'emailCodes'>
  readonly endEverything: EndEverything
  readonly takeConsents: TakeConsents
  readonly lockout: Pick<Lockout<ActorContext>, 'endIn'>
  readonly mail: Pick<Mail, 'send'>
  readonly events: EventWriter
  readonly clock: Clock
}

/** A letter that waits longer than this says nothing that helps. */
const LETTER_MS = 7 * 24 * 3_600_000

/**
 * What was lost may have been found by somebody: nothing that was proven with it goes on, and nothing that was agreed to. The password stays as it is, and
 * by itself opens nothing that a rule asks more for.
 */
export const takingFactorsAway =
  ({ factors, endEverything, takeConsents, lockout, mail, events, clock }: TakeDeps): TakeFactorsAway =>
  async (tx, by, person, { via, mustEnrol }) => {
    const { id: user, email: address, name, locale } = person
    const { totps, passkeys, backupCodes, emailCodes } = factors
    const held = await findHeld(tx, user)
    const { passkeys: hadPasskeys, totps: hadTotps } = held
    await totps.removeAllOf(tx, by, user)
    await passkeys.removeAllOf(tx, by, user)
    await backupCodes.removeAllOf(tx, by, user)
    await emailCodes.disable(tx, by, user)
    await endEverything(tx, by, user, 'account-recovered')
    const applications = await takeConsents(tx, by, user)
    // Of guesses at what there is no more, none counts.
    await lockout.endIn(tx, by, user, 'both')
    const at = clock.now()
    if (mustEnrol) await putEnrolmentDue(tx, user, at)
    const after = { public: { via, mustEnrol, passkeys: hadPasskeys, totps: hadTotps } }
    await events.recordEvent(tx, by, { action: 'factors.reset', target: user, after })
    // Whoever had nothing has lost nothing, and hears of the password alone.
    if (secondFactorsOf(held).length === 0 && !held.hasBackupCodes && applications.length === 0) return
    await mail.send(tx, {
      to: { address, name, locale, person: user },
      message: { name: 'factors-reset', via, at, ...(applications.length > 0 && { applications }) },
      expiresAt: new Date(at.getTime() + LETTER_MS),
    })
  }
