import type { PasswordRefusal } from '../credentials/password/password.ts'
import type { LimitVerdict } from '../http/limits/quota.ts'
import type { Secret } from '../lib/secret.ts'
import { type Attempt, keyOf, progressOf } from './attempts/attempt.ts'
import { dropAttempt, holdAttempt } from './attempts/store.ts'
import type { Done } from './claim.ts'
import { asDone, complete } from './complete.ts'
import type { Completed } from './machine/state.ts'
import type { PendingInteraction, Person, Where } from './ports.ts'
import type { SignInDeps } from './service.ts'

export type NewPasswordOutcome =
  | Done
  | { readonly kind: 'unfit'; readonly problem: PasswordRefusal }
  /** A try may cost as many hashes as there are former passwords to compare with. */
  | { readonly kind: 'limited'; readonly verdict: LimitVerdict & { readonly ok: false } }
  /** Another step is due: this page was for an attempt that is elsewhere by now. */
  | { readonly kind: 'waiting' }

/** Whoever has proven every factor, but with a password that everybody tries, chooses another and arrives. */
export interface Renewal {
  /** Of the shortest password that is taken. */
  readonly minLength: number
  /** Undefined for an attempt that waits for something else. */
  whoRenews(pending: PendingInteraction): Promise<Person | undefined>
  withNewPassword(pending: PendingInteraction, password: Secret<string>, where: Where): Promise<NewPasswordOutcome>
}

interface Waiting {
  readonly person: Person
  readonly before: Attempt
  /** What the attempt is when the password has been changed. */
  readonly completed: Completed
}

export function renewal<N extends string>(
  { machine, users, passwords, newPasswords, ...ending }: SignInDeps<N>,
  attemptOf: (pending: PendingInteraction) => Promise<Attempt | undefined>,
): Renewal {
  async function waiting(before: Attempt | undefined): Promise<Waiting | undefined> {
    if (!before?.mustChangePassword || before.session) return undefined
    const person = await users.find(before.user)
    const facts = { account: person }
    const here = machine.resume(progressOf(before), facts)
    const after = machine.transition(here, { kind: 'password-changed' }, facts)
    // Not done: another step comes first, and leads here when it is passed.
    return person && here.kind === 'waiting' && after.kind === 'done'
      ? { person, before, completed: after.completed }
      : undefined
  }

  return {
    minLength: newPasswords.minLength,
    whoRenews: async (pending) => (await waiting(await attemptOf(pending)))?.person,
    withNewPassword: async (pending, password, where) => {
      const before = await attemptOf(pending)
      // Sent twice: the first has arrived.
      if (before?.session) return asDone(before, before.session)
      const renewing = await waiting(before)
      if (!renewing) return { kind: 'waiting' }
      const { person, completed } = renewing
      const verdict = await ending.guard.limits.take('account', { account: person.id })
      if (!verdict.ok) return { kind: 'limited', verdict }
      const prepared = await newPasswords.prepare(person, password)
      if (!prepared.ok) return { kind: 'unfit', problem: prepared.error }
      const { uidHash } = keyOf(pending)
      const { version, proofs } = renewing.before
      const done = await complete(ending, {
        pending,
        where,
        before: renewing.before,
        completed,
        first: (tx, by) =>
          newPasswords.replace(tx, by, person.id, prepared.value, {
            userAgent: where.userAgent,
            keepAttempt: uidHash,
            // While this was hashed, the owner may have recovered the account, or another tab may have arrived.
            stillCounts: async () =>
              (await passwords.isUnchangedSince(tx, person.id, earliest(proofs))) && holdAttempt(tx, uidHash, version),
          }),
      })
      if (typeof done !== 'string') return done
      const now = await attemptOf(pending)
      if (now?.session && now.user === person.id) return asDone(now, now.session)
      // It was proven with what counts no more: whoever goes on begins at the first form.
      await dropAttempt(ending.db, uidHash, version)
      return { kind: 'waiting' }
    },
  }
}

const earliest = (proofs: Attempt['proofs']): Date => new Date(Math.min(...proofs.map(({ at }) => at.getTime())))
