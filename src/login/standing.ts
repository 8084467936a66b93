import { steppedUpAt } from '../factors/step-up.ts'
import { readProofs } from '../factors/stored.ts'
import { type Attempt, keyOf, progressOf } from './attempts/attempt.ts'
import { isOver } from './attempts/challenge.ts'
import { findAttempt } from './attempts/store.ts'
import type { ReadFacts } from './facts.ts'
import type { LoginMachine } from './machine/machine.ts'
import { type LoginState, nothingYet, type Progress, type Proof } from './machine/state.ts'
import type { LoginFacts } from './machine/step.ts'
import type { StepName } from './machine/steps.ts'
import type { Owner, PendingInteraction } from './ports.ts'
import type { SignInDeps } from './service.ts'

/** Where a sign-in stands: what its page shows, and what its next form goes on from. */
export interface Standing {
  readonly attempt: Attempt | undefined
  /** Of whom something is proven. */
  readonly person: Owner | undefined
  readonly facts: LoginFacts
  readonly state: LoginState<StepName>
  /** It took too long, or too many tries: it begins anew. */
  readonly isOver: boolean
}

interface StandingDeps extends Pick<SignInDeps, 'db' | 'users' | 'sessions' | 'clock'> {
  readonly machine: LoginMachine<StepName>
  readonly readFacts: ReadFacts
}

export type ReadStanding = (
  pending: PendingInteraction,
  /** Where it was asked for before. */
  asked?: Promise<Attempt | undefined>,
) => Promise<Standing>

export function standingReader({ machine, db, users, sessions, clock, readFacts }: StandingDeps): ReadStanding {
  /** Whoever is signed in here goes on from what that session has proven, where nobody asked for all of it anew. */
  async function carriedOver({ fresh, session, sessionUser: user }: PendingInteraction): Promise<Progress> {
    if (fresh || !session || !user) return nothingYet
    const stored = await sessions.proofsOf(session, user)
    const proofs = stored === undefined ? [] : readProofs(stored).map((proof) => ({ ...proof, user }))
    return proofs.length > 0 ? { identity: user, proofs, passed: { from: session, since: lastOf(proofs) } } : nothingYet
  }

  /** What goes on from a session ends with it: whoever ends that one means whoever sits there. */
  const isFounded = async ({ user, passed: { from }, session }: Attempt): Promise<boolean> =>
    session !== undefined || from === undefined || (await sessions.proofsOf(from, user)) !== undefined

  return async (pending, asked = findAttempt(db, keyOf(pending).uidHash)) => {
    const attempt = await asked
    const over = attempt?.session === undefined && isOver(attempt?.challenge, clock.now())
    const goesOn = attempt && !over && (await isFounded(attempt))
    const progress = attempt ? (goesOn ? progressOf(attempt) : nothingYet) : await carriedOver(pending)
    const { identity } = progress
    const person = identity === undefined || identity === 'nobody' ? undefined : await users.find(identity)
    const facts = await readFacts(db, pending, person, person?.id)
    const state = machine.resume(progress, facts)
    const isStale = addsFactor(state) && !isFreshEnough(progress, facts, attempt !== undefined)
    return { attempt, person, facts, state: isStale ? machine.resume(nothingYet, facts) : state, isOver: over }
  }

  /** Whoever goes on from a session to add a factor has just proven who they are, as strongly as they can. */
  function isFreshEnough({ proofs, passed }: Progress, { held, demand }: LoginFacts, isUnderWay: boolean): boolean {
    if (!passed?.from) return true
    const at = steppedUpAt(proofs, held, demand.offered)
    return at !== undefined && clock.now().getTime() - at.getTime() <= (isUnderWay ? UNDER_WAY_MS : FRESH_MS)
  }
}

const MINUTE = 60_000
/** A session may be stolen, and what it proved may be long ago: it opens what asks for a factor, never the making of one (threat 20). */
const FRESH_MS = 5 * MINUTE
/** It takes a while to install an app. */
const UNDER_WAY_MS = 30 * MINUTE

const adding: ReadonlySet<StepName> = new Set(['mailbox', 'enrol', 'backup-codes', 'offer-passkey'])
const addsFactor = (state: LoginState<StepName>): boolean => state.kind === 'waiting' && adding.has(state.step)

const lastOf = (proofs: readonly Proof[]): Date => new Date(Math.max(...proofs.map(({ at }) => at.getTime())))
