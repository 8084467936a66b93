import { attempt as allOrNothing } from '../db/attempt.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { type Admitted, admit, type HeldBack } from './admit.ts'
import { advancing } from './advance.ts'
import { keyOf, versionAfter } from './attempts/attempt.ts'
import { challengeAt } from './attempts/challenge.ts'
import { deleteExpiredAttempts, findAttempt, putAttempt } from './attempts/store.ts'
import { type Backup, backing } from './backup.ts'
import type { Claim, Done, EndDeps } from './claim.ts'
import { type Codes, codes } from './codes.ts'
import { type Enrolment, enrolment } from './enrolment.ts'
import { factsReader } from './facts.ts'
import { asDone, doneBy, finish } from './finish.ts'
import type { LoginMachine } from './machine/machine.ts'
import { type LoginState, nothingYet } from './machine/state.ts'
import type { LoginFacts } from './machine/step.ts'
import type { StepName } from './machine/steps.ts'
import { type Renewal, renewal } from './new-password.ts'
import { type ByPasskey, byPasskey } from './passkey.ts'
import type { NewPasswords, Passwords, PendingInteraction, Users, Where } from './ports.ts'
import { type Refused, refuse } from './refuse.ts'
import { type Standing, standingReader } from './standing.ts'
import { trusting } from './trust.ts'

interface Credentials {
  readonly email: string
  readonly password: Secret<string>
  /** The browser says that it can keep a passkey. */
  readonly isCapable?: boolean
}

type Settled =
  | Done
  | { readonly kind: 'waiting' }
  | Refused
  /** The attempt has ended in the sign-in of somebody else. */
  | { readonly kind: 'taken' }

export type SignInOutcome = Settled | HeldBack

export interface SignIn extends Renewal, Codes, ByPasskey, Enrolment, Backup {
  /** Where the attempt stands by the facts of now: the page to show. */
  standingOf(pending: PendingInteraction): Promise<Standing>
  withPassword(pending: PendingInteraction, credentials: Credentials, where: Where): Promise<SignInOutcome>
  /** For a periodic job. */
  forgetExpired(): Promise<number>
}

export interface SignInDeps extends EndDeps {
  readonly machine: LoginMachine<StepName>
  readonly users: Users
  readonly passwords: Passwords
  readonly newPasswords: NewPasswords
  readonly clock: Clock
}

/** Each lost race means that another tab got on: so many of them are no person's doing. */
const MOST_RACES = 5

export function createSignIn(deps: SignInDeps): SignIn {
  const { machine, db, users, passwords, guard, clock } = deps
  const readFacts = factsReader(deps)
  const standingOf = standingReader({ ...deps, readFacts })
  const advance = advancing({ ...deps, readFacts })
  const trustedIn = trusting(deps)
  const later = { ...deps, readFacts, standingOf, advance }

  /** One pass from what the table holds now; undefined when another tab changed it meanwhile. */
  async function settle(claim: Claim): Promise<Settled | undefined> {
    const { pending, where, named, proof, version } = claim
    // Asked again after the hash: while that was worked out, somebody may have been disabled.
    const [facts, before] = await Promise.all([
      readFacts(db, pending, proof ? users.find(proof.user) : named, proof?.user),
      findAttempt(db, keyOf(pending).uidHash),
    ])
    const state = await trustedIn(judge(machine, claim, facts), { pending, where, facts })
    if (state.kind === 'refused') return refuse(deps, claim, before, state.why)
    if (before?.session)
      return proof && before.user === named?.id
        ? { ...asDone(before, before.session), wasDone: true }
        : { kind: 'taken' }
    if (state.kind === 'done') {
      const { completed } = state
      const progress = { identity: completed.user, proofs: completed.proofs, passed: completed.passed }
      // Of two forms at once the one that loses leaves no session behind; nor does one that came beside the end of it all.
      const ended = await allOrNothing(db, (tx) => {
        const held = readFacts(tx, pending, users.hold(tx, completed.user), completed.user)
        const stillCounts = Promise.all([
          held.then((now) => machine.resume(progress, now).kind === 'done'),
          passwords.isStill(tx, completed.user, version),
        ])
        return finish(tx, deps, { pending, where, before, completed }, stillCounts)
      })
      if (ended.ok) return doneBy(completed, ended.value)
      return ended.error === 'stale' ? refuse(deps, claim, before, 'mismatch') : undefined
    }
    const { step, progress } = state
    if (!proof) return { kind: 'waiting' }
    const { proofs, mustChangePassword = false, passed = {} } = progress
    const challenge = challengeAt(step, clock.now())
    const next = { version: versionAfter(before), user: proof.user, proofs, mustChangePassword, passed, challenge }
    const saved = await inTransaction(db, async (tx) =>
      (await passwords.isStill(tx, proof.user, version)) ? putAttempt(tx, keyOf(pending), next) : 'stale',
    )
    if (saved === 'stale') return refuse(deps, claim, before, 'mismatch')
    return saved ? { kind: 'waiting' } : undefined
  }

  async function settled(claim: Claim): Promise<Settled> {
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
    const { password, isCapable = false } = claimed
    const { named } = rest
    // Once, whoever was named: its time tells nothing.
    const { verdict, version } = await passwords.prove(named?.id, password, looked)
    const proof =
      named && verdict === 'match' ? ({ factor: 'password', user: named.id, at: clock.now() } as const) : undefined
    const mustChangePassword = proof !== undefined && (await passwords.mustChange(password)) !== undefined
    return settled({ ...rest, admitted, version, proof, mustChangePassword, isCapable })
  }

  return {
    ...renewal(later),
    ...codes(later),
    ...byPasskey(later),
    ...enrolment(later),
    ...backing(later),
    standingOf,
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
function judge(
  machine: LoginMachine<StepName>,
  { named, proof, mustChangePassword, isCapable }: Claim,
  facts: LoginFacts,
): LoginState<StepName> {
  const start = machine.resume(nothingYet, facts)
  const identified = machine.transition(start, { kind: 'identified', user: named?.id }, facts)
  return machine.transition(
    identified,
    proof ? { kind: 'proven', proof, mustChangePassword, isCapable } : { kind: 'disproven', factor: 'password' },
    facts,
  )
}
