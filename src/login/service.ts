import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { keyOf, progressOf, versionAfter } from './attempts/attempt.ts'
import { deleteExpiredAttempts, findAttempt, putAttempt } from './attempts/store.ts'
import type { Claim, Done, EndDeps } from './claim.ts'
import { asDone, complete } from './complete.ts'
import type { LoginMachine } from './machine/machine.ts'
import { type LoginState, nothingYet } from './machine/state.ts'
import type { LoginFacts } from './machine/step.ts'
import type { Passwords, PendingInteraction, Users, Where } from './ports.ts'
import { refuse } from './refuse.ts'

interface Credentials {
  readonly email: string
  readonly password: Secret<string>
}

export type SignInOutcome<N extends string> =
  | Done
  | { readonly kind: 'waiting'; readonly step: N }
  | { readonly kind: 'refused' }
  /** The attempt has ended in the sign-in of somebody else. */
  | { readonly kind: 'taken' }

export interface SignIn<N extends string> {
  /** Where the attempt stands by the facts of now: the page to show. */
  stepOf(pending: PendingInteraction): Promise<N>
  withPassword(pending: PendingInteraction, credentials: Credentials, where: Where): Promise<SignInOutcome<N>>
  /** For a periodic job. */
  forgetExpired(): Promise<number>
}

interface SignInDeps<N extends string> extends EndDeps {
  readonly machine: LoginMachine<N>
  readonly users: Users
  readonly passwords: Passwords
  readonly clock: Clock
}

/** Each lost race means that another tab got on: so many of them are no person's doing. */
const MOST_RACES = 5

export function createSignIn<N extends string>(deps: SignInDeps<N>): SignIn<N> {
  const { machine, db, users, passwords, clock } = deps
  const attemptOf = (pending: PendingInteraction) => findAttempt(db, keyOf(pending).uidHash)
  const first = firstStep(machine)

  /** One pass from what the table holds now; undefined when another tab changed it meanwhile. */
  async function settle(claim: Claim): Promise<SignInOutcome<N> | undefined> {
    const { pending, named, proof } = claim
    // Asked again after the hash: while that was worked out, somebody may have been disabled.
    const facts = { account: proof ? await users.find(proof.user) : named }
    const before = await attemptOf(pending)
    const state = judge(machine, claim, facts)
    if (state.kind === 'refused') return refuse(deps, claim, before, state.why)
    if (before?.session) return before.user === named?.id ? asDone(before, before.session) : { kind: 'taken' }
    if (state.kind === 'done') return complete(deps, claim, before, state.completed)
    const { step, progress } = state
    if (!proof) return { kind: 'waiting', step }
    const next = { version: versionAfter(before), user: proof.user, proofs: progress.proofs }
    const saved = await inTransaction(db, (tx) => putAttempt(tx, keyOf(pending), next))
    return saved ? { kind: 'waiting', step } : undefined
  }

  return {
    stepOf: async (pending) => {
      const attempt = await attemptOf(pending)
      if (!attempt || attempt.session) return first
      const state = machine.resume(progressOf(attempt), { account: await users.find(attempt.user) })
      return state.kind === 'waiting' ? state.step : first
    },
    withPassword: async (pending, { email, password }, where) => {
      passwords.assertRoom()
      const named = await users.findForSignIn(email)
      // Rate limits and the lock-out belong here, before the work. It is done once, whoever was named: its time tells nothing.
      const verdict = await passwords.verify(named?.id, password)
      const proof =
        named && verdict === 'match' ? ({ factor: 'password', user: named.id, at: clock.now() } as const) : undefined
      for (let race = 0; race < MOST_RACES; race += 1) {
        const outcome = await settle({ pending, where, named, proof })
        if (outcome) return outcome
      }
      throw new AppError('unavailable')
    },
    forgetExpired: () => deleteExpiredAttempts(db, clock.now()),
  }
}

/** The first form says two things at once: who it is, and a password for it. */
function judge<N extends string>(machine: LoginMachine<N>, { named, proof }: Claim, facts: LoginFacts): LoginState<N> {
  const start = machine.resume(nothingYet, facts)
  const identified = machine.transition(start, { kind: 'identified', user: named?.id }, facts)
  return machine.transition(
    identified,
    proof ? { kind: 'proven', proof } : { kind: 'disproven', factor: 'password' },
    facts,
  )
}

function firstStep<N extends string>(machine: LoginMachine<N>): N {
  const state = machine.resume(nothingYet, { account: undefined })
  if (state.kind !== 'waiting') throw new TypeError('a sign-in begins at a step')
  return state.step
}
