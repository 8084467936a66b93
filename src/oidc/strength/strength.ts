import type { Db } from '../../db/types.ts'
import { amrOf } from '../../factors/amr.ts'
import { decide, meets } from '../../factors/decide.ts'
import type { Proof } from '../../factors/factor.ts'
import { isPlainlyEnough } from '../../factors/glance.ts'
import { graceUntil } from '../../factors/grace.ts'
import type { Held } from '../../factors/held.ts'
import { type Level, levelOf, levels } from '../../factors/level.ts'
import { type Demand, demandOf, type Rule } from '../../factors/rule.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import type { FactorsOfPeople } from '../ports.ts'
import type { BeginGrace } from './begin-grace.ts'

/** How somebody has signed in, as the engine's session, a code, a refresh token or an access token says it. */
export interface SignedIn {
  readonly user: Id<'usr'>
  readonly session: Id<'ses'> | undefined
  readonly at: Date
  readonly acr: string
  readonly amr: readonly string[]
}

/**
 * `sign-in`: more can be asked of whoever sits in front of the browser. `back`: it was, just now. `issue`: a token is made, and
 * nobody can be asked. `look`: the same, of a token that there is; nothing is written.
 */
export type Moment = 'sign-in' | 'back' | 'issue' | 'look'

export interface Shortfall {
  readonly acr: Level
}

export interface Asked {
  readonly signedIn: SignedIn
  /** Beside that of the instance. */
  readonly rules: readonly Rule[]
  readonly moment: Moment
}

/** Undefined: it is enough. The database is asked only where the level of the sign-in does not say so. */
export type JudgeStrength = (db: Db, asked: Asked) => Promise<Shortfall | undefined>

interface StrengthDeps {
  readonly instance: Rule
  readonly factors: Pick<FactorsOfPeople, 'heldBy' | 'proofsOf'>
  readonly beginGrace: BeginGrace
  readonly clock: Clock
}

/** The rules of second factors, wherever the protocol asks whether a sign-in is good enough. */
export const judgingStrength =
  ({ instance, factors, beginGrace, clock }: StrengthDeps): JudgeStrength =>
  async (db, { signedIn, rules, moment }) => {
    const demand = demandOf([instance, ...rules])
    const mayAsk = moment === 'sign-in' || moment === 'back'
    // That somebody uses the factor that they have is for a sign-in to ask: it judged by what they had then.
    if (demand.level === 'aal1' && !(moment === 'sign-in' && demand.usesWhatThereIs)) return undefined
    if (isPlainlyEnough(signedIn.acr, demand)) return undefined
    const proofs = await proofsOf(db, factors, signedIn)
    if (!mayAsk && meets(proofs, demand)) return undefined
    const { user } = signedIn
    const held = await factors.heldBy(db, user)
    const decision = decide({ proofs, held, demand })
    if (decision.kind === 'enough') return undefined
    if (decision.kind === 'enrol' && graceRuns(demand, held, moment, clock.now())) {
      if (moment === 'issue' && held.graceBeganAt === undefined) beginGrace(user, demand.grace)
      return undefined
    }
    return { acr: demand.level }
  }

/** Which levels are enough for a token that is issued, with no look at what was proven. Null: any, and none as well. */
export function plainlyEnough(rules: readonly Rule[]): readonly Level[] | null {
  const demand = demandOf(rules)
  return demand.level === 'aal1' ? null : levels.filter((level) => isPlainlyEnough(level, demand))
}

/** Whoever meets the rule for the first time in a browser hears of it there, and puts it off themselves. */
const graceRuns = (demand: Demand, held: Held, moment: Moment, now: Date): boolean =>
  (moment !== 'sign-in' || held.graceBeganAt !== undefined) && graceUntil(demand, held, now) !== undefined

/**
 * Those that make what the sign-in says of itself, from the first: a session may have been strengthened since, and what was proven
 * then stands in no claim of this one. One factor, whichever it was, says who came and no more; the same is left of a session that
 * keeps none, or has ended.
 */
async function proofsOf(
  db: Db,
  factors: Pick<FactorsOfPeople, 'proofsOf'>,
  { user, session, at, acr, amr }: SignedIn,
): Promise<readonly Proof[]> {
  const kept = session === undefined || acr === 'aal1' ? [] : await factors.proofsOf(db, session, user)
  const inOrder = kept.toSorted((one, other) => one.at.getTime() - other.at.getTime())
  const said = inOrder
    .map((_, index) => inOrder.slice(0, inOrder.length - index))
    .find((proofs) => levelOf(proofs) === acr && isSame(amrOf(proofs), amr))
  return said ?? [{ factor: 'password', at }]
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  new Set(one).symmetricDifference(new Set(other)).size === 0
