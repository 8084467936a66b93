import { attempt as allOrNothing } from '../db/attempt.ts'
import type { Tx } from '../db/types.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { keyOf, versionAfter } from './attempts/attempt.ts'
import { challengeAt } from './attempts/challenge.ts'
import { dropAttempt, findAttempt, putAttempt } from './attempts/store.ts'
import type { Done } from './claim.ts'
import type { ReadFacts } from './facts.ts'
import { asDone, byOf, doneBy, type Ended, finish } from './finish.ts'
import type { LoginMachine } from './machine/machine.ts'
import type { Completed, LoginState, Progress } from './machine/state.ts'
import type { LoginInput } from './machine/step.ts'
import type { StepName } from './machine/steps.ts'
import type { By, Owner, PendingInteraction, Where } from './ports.ts'
import type { SignInDeps } from './service.ts'
import type { Standing } from './standing.ts'

/** What a form of a later step does, in the transaction of what becomes of it. What it refuses is committed: a challenge is taken once. */
export interface Move<E> {
  readonly pending: PendingInteraction
  readonly where: Where
  /** Where the form was for. */
  readonly step: StepName
  readonly work: (tx: Tx, by: By, person: Owner, progress: Progress) => Promise<Result<LoginInput, E>>
  /** What the attempt will do when it arrives. */
  readonly passing?: (progress: Progress) => Progress
}

export type Advanced<E> =
  | Done
  /** The next step (`moved`), or the one that is due instead of the one that the form was for. */
  | { readonly kind: 'waiting'; readonly moved?: true }
  | { readonly kind: 'refused'; readonly why: E }

export type Advance = <E>(standing: Standing, move: Move<E>) => Promise<Advanced<E>>

interface AdvanceDeps extends SignInDeps {
  readonly machine: LoginMachine<StepName>
  readonly readFacts: ReadFacts
}

const NOTHING_MORE = Promise.resolve([])
const OTHERWISE = { kind: 'waiting' } as const
const MOVED = { kind: 'waiting', moved: true } as const

/** From one step to the next, or to the end. */
export const advancing =
  (deps: AdvanceDeps): Advance =>
  async <E>(standing: Standing, move: Move<E>): Promise<Advanced<E>> => {
    const { machine, db, users, sessions, readFacts, clock } = deps
    const { pending, where, work, passing = (progress: Progress) => progress } = move
    const { attempt: before, person, facts, state } = standing
    if (before?.session) return asDone(before, before.session)
    if (state.kind !== 'waiting' || state.step !== move.step || !person) return OTHERWISE
    const by = byOf(where, person.id, state.progress.passed?.from)
    type Refused = { readonly kind: 'refused'; readonly why: E }
    type Outcome =
      | { readonly kind: 'done'; readonly completed: Completed; readonly ended: Ended }
      | { readonly kind: 'was-done'; readonly done: Done }
      | { readonly kind: 'saved' }
      | Refused
    type Failure = 'lost' | 'gone'
    const moved = await allOrNothing(db, async (tx): Promise<Result<Outcome, Failure>> => {
      const [owner, now] = await Promise.all([
        users.hold(tx, person.id),
        // Behind the lock: of a form that was sent twice the second finds what the first has done, and is not judged.
        findAttempt(tx, keyOf(pending).uidHash),
      ])
      if (owner?.status !== 'active') return fail('gone')
      if (now?.session && now.user === person.id)
        return ok({ kind: 'was-done', done: { ...asDone(now, now.session), wasDone: true } })
      if (now?.version !== before?.version) return fail('lost')
      // Whoever ends that session meanwhile waits, and ends what came of it; one that has ended adds nothing.
      const { from } = state.progress.passed ?? {}
      if (from && !(await sessions.hold(tx, from))) return fail('gone')
      const input = await work(tx, by, owner, state.progress)
      if (!input.ok) return ok({ kind: 'refused', why: input.error })
      const taken = machine.transition(state, input.value, facts)
      const progress = progressIn(taken)
      // Read anew: what was added, or used up, is in the tables by now.
      const after = progress && machine.resume(passing(progress), await readFacts(tx, pending, owner, owner.id))
      if (!after || after.kind === 'refused') return fail('gone')
      if (after.kind === 'done') {
        // Judged by facts that were read behind the lock.
        const ended = await finish(tx, deps, { pending, where, before, completed: after.completed }, NOTHING_MORE)
        if (!ended.ok) return fail(ended.error === 'lost' ? 'lost' : 'gone')
        return ok({ kind: 'done', completed: after.completed, ended: ended.value })
      }
      const { proofs, mustChangePassword = false, passed = {} } = after.progress
      const saved = await putAttempt(tx, keyOf(pending), {
        version: versionAfter(before),
        user: person.id,
        proofs,
        mustChangePassword,
        passed,
        challenge: after.step === move.step ? before?.challenge : challengeAt(after.step, clock.now()),
      })
      return saved ? ok({ kind: 'saved' }) : fail('lost')
    })
    if (moved.ok) {
      if (moved.value.kind === 'refused') return moved.value
      if (moved.value.kind === 'was-done') return moved.value.done
      return moved.value.kind === 'saved' ? MOVED : doneBy(moved.value.completed, moved.value.ended)
    }
    // What it was proven with counts no more; whoever goes on begins at the first form.
    if (moved.error === 'gone' && before) await dropAttempt(db, keyOf(pending).uidHash, before.version)
    return OTHERWISE
  }

function progressIn(state: LoginState<StepName>): Progress | undefined {
  if (state.kind === 'waiting') return state.progress
  if (state.kind === 'refused') return undefined
  const { user, proofs, passed } = state.completed
  return { identity: user, proofs, passed }
}
