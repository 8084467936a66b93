import type { PasswordRefusal } from '../credentials/password/password.ts'
import { standsBesidePassword } from '../factors/beside-password.ts'
import type { LimitRefusal } from '../http/limits/quota.ts'
import { fail, ok } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import { type Attempt, keyOf } from './attempts/attempt.ts'
import { dropAttempt, findAttempt, holdAttempt } from './attempts/store.ts'
import type { Done } from './claim.ts'
import { asDone } from './finish.ts'
import type { LaterDeps } from './later.ts'
import type { PendingInteraction, Person, Where } from './ports.ts'
import type { Standing } from './standing.ts'

export type NewPasswordOutcome =
  | Done
  | { readonly kind: 'unfit'; readonly problem: PasswordRefusal }
  /** A try may cost as many hashes as there are former passwords to compare with. */
  | { readonly kind: 'limited'; readonly verdict: LimitRefusal }
  /** Another step is due: this page was for an attempt that is elsewhere by now. */
  | { readonly kind: 'waiting' }

/** Whoever has proven every factor, but with a password that everybody tries, chooses another and arrives. */
export interface Renewal {
  /** And the length of the shortest password that is taken from them. Undefined for an attempt that waits for something else. */
  whoRenews(pending: PendingInteraction): Promise<{ readonly person: Person; readonly minimum: number } | undefined>
  withNewPassword(pending: PendingInteraction, password: Secret<string>, where: Where): Promise<NewPasswordOutcome>
}

export function renewal({ newPasswords, passwords, factors, db, guard, standingOf, advance }: LaterDeps): Renewal {
  const aboutOf = ({ facts: { held } }: Standing) => ({ hasSecondFactor: standsBesidePassword(held, factors.rule) })
  const isDue = ({ state }: Standing) => state.kind === 'waiting' && state.step === 'new-password'
  return {
    whoRenews: async (pending) => {
      const standing = await standingOf(pending)
      const { person } = standing
      return person && isDue(standing) ? { person, minimum: newPasswords.minimumOf(aboutOf(standing)) } : undefined
    },
    withNewPassword: async (pending, password, where) => {
      const standing = await standingOf(pending)
      const { attempt, person } = standing
      // Sent twice: the first has arrived.
      if (attempt?.session) return asDone(attempt, attempt.session)
      if (!attempt || !person || !isDue(standing)) return { kind: 'waiting' }
      const verdict = await guard.limits.take('account', { account: person.id })
      if (!verdict.ok) return { kind: 'limited', verdict }
      const prepared = await newPasswords.prepare(person, password, aboutOf(standing))
      if (!prepared.ok) return { kind: 'unfit', problem: prepared.error }
      const { uidHash } = keyOf(pending)
      const { version, proofs } = attempt
      const outcome = await advance(standing, {
        pending,
        where,
        step: 'new-password',
        work: async (tx, by) => {
          const isReplaced = await newPasswords.replace(tx, by, person.id, prepared.value, {
            userAgent: where.origin.userAgent,
            keepAttempt: uidHash,
            // While this was hashed, the owner may have recovered the account, or another tab may have arrived.
            stillCounts: async () =>
              (await passwords.isUnchangedSince(tx, person.id, earliest(proofs))) && holdAttempt(tx, uidHash, version),
          })
          return isReplaced ? ok({ kind: 'password-changed' }) : fail('overtaken' as const)
        },
      })
      if (outcome.kind !== 'refused') return outcome
      const now = await findAttempt(db, uidHash)
      if (now?.session && now.user === person.id) return asDone(now, now.session)
      // It was proven with what counts no more: whoever goes on begins at the first form.
      await dropAttempt(db, uidHash, version)
      return { kind: 'waiting' }
    },
  }
}

const earliest = (proofs: Attempt['proofs']): Date => new Date(Math.min(...proofs.map(({ at }) => at.getTime())))
