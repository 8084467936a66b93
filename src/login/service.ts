import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { type Admitted, admit, type HeldBack } from './admit.ts'
import { keyOf, progressOf, versionAfter } from './attempts/attempt.ts'
import { deleteExpiredAttempts, findAttempt, putAttempt } from './attempts/store.ts'
import type { Claim, Done, EndDeps } from './claim.ts'
import { asDone, complete } from './complete.ts'
import type { LoginMachine } from './machine/machine.ts'
import { type LoginState, nothingYet } from './machine/state.ts'
import type { LoginFacts } from './machine/step.ts'
import { type Renewal, renewal } from './new-password.ts'
import type { NewPasswords, Passwords, PendingInteraction, Users, Where } from './ports.ts'
import { type Refused, refuse } from './refuse.ts'

interface Credentials {
  readonly email: string
  readonly password: Secret<string>
}

type Settled<N extends string> =
  | Done
  | { readonly kind: 'waiting'; readonly step: N }
  | Refused
  /** The attempt has ended in the sign-in of somebody else. */
  | { readonly kind: 'taken' }

export type SignInOutcome<N extends string> = Settled<N> | HeldBack

export interface SignIn<N extends string> extends Renewal {
  /** Where the attempt stands by the facts of now: the page to show. */
  stepOf(pending: PendingInteraction): Promise<N>
  withPassword(pending: PendingInteraction, credentials: Credentials, where: Where): Promise<SignInOutcome<N>>
  /** For a periodic job. */
  forgetExpired(): Promise<number>
}

export interface SignInDeps<N extends string> extends EndDeps {
  readonly machine: LoginMachine<N>
  readonly users: Users
  readonly passwords: Passwords
  readonly newPasswords: NewPasswords
  readonly clock: Clock
}

/** Each lost race means that another tab got on: so many of them are no person's doing. */
const MOST_RACES = 5

export function createSignIn<N extends string>(deps: SignInDeps<N>): SignIn<N> {
  const { machine, db, users, passwords, guard, clock } = deps
  const attemptOf = (pending: PendingInteraction) => findAttempt(db, keyOf(pending).uidHash)
  const first = firstStep(machine)

  /** One pass from what the table holds now; undefined when another tab changed it meanwhile. */
  async function settle(claim: Claim): Promise<Settled<N> | undefined> {
    const { pending, where, named, proof, admitted, version } = claim
    // Asked again after the hash: while that was worked out, somebody may have been disabled.
    const [account, before] = await Promise.all([proof ? users.find(proof.user) : named, attemptOf(pending)])
    const facts = { account }
    const state = judge(machine, claim, facts)
    if (state.kind === 'refused') return refuse(deps, claim, before, state.why)
    if (before?.session)
      return proof && before.user === named?.id
        ? { ...asDone(before, before.session), wasDone: true }
        : { kind: 'taken' }
    if (state.kind === 'done') {
      const { completed } = state
      const ended = await complete(deps, {
        pending,
        where,
        before,
        completed,
        beside: async (tx) => {
          const [isStill] = await Promise.all([
            passwords.isStill(tx, completed.user, version),
            guard.lockout.completed(tx, admitted.ticket),
          ])
          return isStill
        },
      })
      if (ended === 'stale') return refuse(deps, claim, before, 'mismatch')
      return ended === 'lost' ? undefined : ended
    }
    const { step, progress } = state
    if (!proof) return { kind: 'waiting', step }
    const { proofs, mustChangePassword = false } = progress
    const next = { version: versionAfter(before), user: proof.user, proofs, mustChangePassword }
    const saved = await inTransaction(db, async (tx) =>
      (await passwords.isStill(tx, proof.user, version)) ? putAttempt(tx, keyOf(pending), next) : 'stale',
    )
    if (saved === 'stale') return refuse(deps, claim, before, 'mismatch')
    return saved ? { kind: 'waiting', step } : undefined
  }

  async function settled(claim: Claim): Promise<Settled<N>> {
    for (let race = 0; race < MOST_RACES; race += 1) {
      const outcome = await settle(claim)
      if (outcome) return outcome
    }
    throw new AppError('unavailable')
  }

  async function judged(
    admitted: Admitted,
    claimed: Credentials,
    rest: Pick<Claim, 'pending' | 'named' | 'where'>,
    looked: ReturnType<Passwords['lookUp']>,
  ) {
    const { password } = claimed
    const { named } = rest
    // Once, whoever was named: its time tells nothing.
    const { verdict, version } = await passwords.prove(named?.id, password, looked)
    const proof =
      named && verdict === 'match' ? ({ factor: 'password', user: named.id, at: clock.now() } as const) : undefined
    const mustChangePassword = proof !== undefined && (await passwords.mustChange(password)) !== undefined
    return settled({ ...rest, admitted, version, proof, mustChangePassword })
  }

  return {
    ...renewal(deps, attemptOf),
    stepOf: async (pending) => {
      const attempt = await attemptOf(pending)
      if (!attempt || attempt.session) return first
      const state = machine.resume(progressOf(attempt), { account: await users.find(attempt.user) })
      return state.kind === 'waiting' ? state.step : first
    },
    withPassword: async (pending, credentials, where) => {
      passwords.assertRoom()
      const named = await users.findForSignIn(credentials.email)
      const looked = passwords.lookUp(named?.id)
      // Where nobody is judged, nobody hears of it.
      looked.catch(() => {})
      const admitted = await admit(guard, { email: credentials.email, named, where })
      if (admitted.kind !== 'go') return admitted
      try {
        const outcome = await judged(admitted, credentials, { pending, named, where }, looked)
        if (outcome.kind === 'done' && !outcome.wasDone) await admitted.succeeded()
        else if (outcome.kind !== 'refused') await admitted.giveBack()
        return outcome
      } catch (error) {
        // Nobody was judged: a server that is busy, or broken, counts no failures.
        await admitted.giveBack()
        throw error
      }
    },
    forgetExpired: () => deleteExpiredAttempts(db, clock.now()),
  }
}

/** The first form says two things at once: who it is, and a password for it. */
function judge<N extends string>(
  machine: LoginMachine<N>,
  { named, proof, mustChangePassword }: Claim,
  facts: LoginFacts,
): LoginState<N> {
  const start = machine.resume(nothingYet, facts)
  const identified = machine.transition(start, { kind: 'identified', user: named?.id }, facts)
  return machine.transition(
    identified,
    proof ? { kind: 'proven', proof, mustChangePassword } : { kind: 'disproven', factor: 'password' },
    facts,
  )
}

function firstStep<N extends string>(machine: LoginMachine<N>): N {
  const state = machine.resume(nothingYet, { account: undefined })
  if (state.kind !== 'waiting') throw new TypeError('a sign-in begins at a step')
  return state.step
}
