import { attempt as allOrNothing } from '../db/attempt.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors/app-error.ts'
import { standsBesidePassword } from '../factors/beside-password.ts'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { userId } from '../users/user.ts'
import { type Admitted, admit, type HeldBack } from './admit.ts'
import { advancing } from './advance.ts'
import { type Ahead, lookingAhead } from './ahead.ts'
import { type Attempt, hashOf, keyOf, versionAfter } from './attempts/attempt.ts'
import { challengeAt } from './attempts/challenge.ts'
import { findAttempt, putAttempt } from './attempts/store.ts'
import { type Backup, backing } from './backup.ts'
import type { Claim, Done, EndDeps, Looked } from './claim.ts'
import { type Codes, codes } from './codes.ts'
import { type Enrolment, enrolment } from './enrolment.ts'
import { factsFrom, factsReader } from './facts.ts'
import { asDone, doneBy, finish } from './finish.ts'
import type { LoginMachine } from './machine/machine.ts'
import { type LoginState, nothingYet } from './machine/state.ts'
import type { LoginFacts } from './machine/step.ts'
import type { StepName } from './machine/steps.ts'
import { type Renewal, renewal } from './new-password.ts'
import { type ByPasskey, byPasskey } from './passkey.ts'
import type { Account, AheadOf, NewPasswords, Passwords, PendingInteraction, Users, Where } from './ports.ts'
import { type Refused, refuse } from './refuse.ts'
import { type Standing, standingReader } from './standing.ts'
import { trusting } from './trust.ts'

interface Credentials {
  readonly email: string
  readonly password: Secret<string>
  /** The browser says that it can keep a passkey. */
  readonly isCapable?: boolean
  /** What was asked while it was not yet known whether the page is one of this browser. Throws `busy` when too many wait. */
  readonly ahead: Promise<Ahead>
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
  standingOf(pending: PendingInteraction, asked?: Promise<Attempt | undefined>): Promise<Standing>
  /** Asked while it is not yet known whether the address is one of this browser. */
  attemptAt(uid: string): Promise<Attempt | undefined>
  /** The same of all that the first form will be judged by. */
  readonly lookAhead: ReturnType<typeof lookingAhead>
  withPassword(pending: PendingInteraction, credentials: Credentials, where: Where): Promise<SignInOutcome>
}

export interface SignInDeps extends EndDeps {
  readonly machine: LoginMachine<StepName>
  readonly users: Users
  readonly passwords: Passwords
  readonly ahead: AheadOf
  readonly newPasswords: NewPasswords
  readonly clock: Clock
}

/** Each lost race means that another tab got on: so many of them are no person's doing. */
const MOST_RACES = 5

export function createSignIn(deps: SignInDeps): SignIn {
  const { machine, db, users, passwords, factors, guard, clock } = deps
  const readFacts = factsReader(deps)
  const factsOf = factsFrom(deps)
  const nobody = userId.generate()
  const standingOf = standingReader({ ...deps, readFacts })
  const advance = advancing({ ...deps, readFacts })
  const trustedIn = trusting(deps)
  const later = { ...deps, readFacts, standingOf, advance }

  /** Anew: what is decided by it is judged once more behind the lock of the person, or by the step that comes next. */
  const look = (pending: PendingInteraction, named: Account | undefined): Looked => ({
    held: factors.heldBy(db, named?.id ?? nobody),
    attempt: findAttempt(db, keyOf(pending).uidHash),
  })

  /** One pass from what the table holds now; undefined when another tab changed it meanwhile. */
  async function settle(claim: Claim, { held, attempt }: Looked): Promise<Settled | undefined> {
    const { pending, where, named, proof, version } = claim
    const [facts, before] = await Promise.all([factsOf(pending, named, proof ? held : undefined), attempt])
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
      if (ended.error === 'lost') return undefined
      const now = await users.find(completed.user)
      return refuse(deps, claim, before, now?.status === 'active' ? 'mismatch' : 'disabled')
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
    let { looked } = claim
    for (let race = 0; race < MOST_RACES; race += 1) {
      const outcome = await settle(claim, looked)
      if (outcome) return outcome
      looked = look(claim.pending, claim.named)
    }
    throw new AppError('unavailable')
  }

  async function judged(
    admitted: Admitted,
    claimed: Credentials,
    rest: Pick<Claim, 'pending' | 'named' | 'where' | 'looked'>,
    lookedUp: ReturnType<Passwords['lookUp']>,
  ) {
    const { password, isCapable = false } = claimed
    const { named } = rest
    // Once, whoever was named: its time tells nothing.
    const { verdict, version } = await passwords.prove(named?.id, password, lookedUp)
    const proof =
      named && verdict === 'match' ? ({ factor: 'password', user: named.id, at: clock.now() } as const) : undefined
    const hasSecondFactor = proof !== undefined && standsBesidePassword(await rest.looked.held, factors.rule)
    const mustChangePassword =
      proof !== undefined && (await passwords.mustChange(password, { hasSecondFactor })) !== undefined
    return settled({ ...rest, admitted, version, proof, mustChangePassword, isCapable })
  }

  return {
    ...renewal(later),
    ...codes(later),
    ...byPasskey(later),
    ...enrolment(later),
    ...backing(later),
    standingOf,
    attemptAt: (uid) => findAttempt(db, hashOf(uid)),
    lookAhead: lookingAhead({ ...deps, nobody }),
    withPassword: async (pending, credentials, where) => {
      const { password, isKnown, ...looked } = await credentials.ahead
      const named = await looked.named
      const admitted = await admit(guard, { email: credentials.email, named, where, isKnown })
      if (admitted.kind !== 'go') return admitted
      try {
        const outcome = await judged(admitted, credentials, { pending, named, where, looked }, password)
        if (outcome.kind === 'done' && !outcome.wasDone) await admitted.succeeded()
        else if (outcome.kind !== 'refused') await admitted.giveBack()
        return outcome
      } catch (error) {
        // Nobody was judged: a server that is busy, or broken, counts no failures.
        await admitted.giveBack()
        throw error
      }
    },
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
