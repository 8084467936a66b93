import { inInstance } from '../../db/transaction.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { ActorContext } from '../actor.ts'
import { ACKNOWLEDGED, ACKNOWLEDGING, type Break } from '../verify/acknowledgement.ts'
import { MOST_BREAKS } from '../verify/breaks.ts'
import { verifyDatabase } from '../verify/database.ts'
import { verifyNew } from '../verify/nightly.ts'
import { findStrays, placeBehindHeads, readHead } from '../verify/source/store.ts'
import { VERIFIED, verifiedUpTo } from '../verify/store.ts'
import { type NightlyDeps, tell } from '../verify/tell.ts'
import { type Finding, isOfTheWhole, placeGone, strayFound } from '../verify/verdict.ts'
import { goneAndKnown } from './anew.ts'
import { headsAround, unexplainedRuns, walkAnew } from './store.ts'

export interface AcknowledgingDeps extends NightlyDeps {
  /** Puts into the chain what was committed. */
  readonly append: () => Promise<unknown>
}

export interface FoundBreak extends Break {
  /** Between which signed heads; null where there is none. */
  readonly between: { readonly before: number | null; readonly after: number | null }
}

export interface Found {
  /** Those that nobody has acknowledged. */
  readonly breaks: readonly FoundBreak[]
  /** There are others behind these: they are found when these were acknowledged. */
  readonly more: boolean
  /** Events that the chain went past: they are put into it, at its end. */
  readonly strays: readonly Finding[]
  /** What cannot be acknowledged, because nothing of the chain can be read behind it. */
  readonly beyond: Finding | undefined
}

/** `others`: one that was not shown is to be put into the chain along with the others, and would not be named. */
export type AcknowledgingFault = 'not-in-the-chain' | 'others'

export interface Acknowledging {
  find(): Promise<Found>
  /** What was shown: whatever is changed meanwhile is found as before. Answers what the verification still finds. */
  acknowledge(found: Found, reason: string): Promise<Result<Finding | undefined, AcknowledgingFault>>
}

export const by: ActorContext = { actor: { kind: 'operator', id: ACKNOWLEDGING } }

export function createAcknowledging(deps: AcknowledgingDeps): Acknowledging {
  const { owner, clock, record, append } = deps

  const goPast = async () => {
    const gone = await inInstance(owner, async (tx) => unexplainedRuns(tx, await goneAndKnown(tx), MOST_BREAKS))
    const runs = gone.map(
      ({ seq, to }): Break => ({
        what: 'gone',
        wrong: 'removed',
        seq,
        to,
        is: '',
        detail:
          seq === to
            ? 'it is gone, and no audit.pruned says so'
            : `all up to ${to} are gone, and no audit.pruned says so`,
      }),
    )
    return verifyDatabase({ owner, now: clock.now(), excusable: { gone: runs, all: true } })
  }

  const find = async (): Promise<Found> => {
    let past = await goPast()
    if (past.finding && isOfTheEnd(past.finding)) {
      // The chain goes on from where it had come to: only then does it show what is missing, in its place.
      await tell(deps, past.finding)
      await append()
      past = await goPast()
    }
    const known = past.summary.acknowledged.flatMap(({ breaks }) => breaks)
    const breaks = [...past.summary.breaks, ...(await placeBreak())].filter(
      (one) => !known.some((other) => covers(other, one)),
    )
    const rest = past.finding && !isOfTheWhole(past.finding) ? past.finding : undefined
    const isStray = rest?.wrong === 'inserted' && rest.seq === undefined
    const strays = isStray ? await inInstance(owner, (tx) => findStrays(tx, MOST_BREAKS + 1)) : []
    const more = rest !== undefined && !isStray && breaks.length >= MOST_BREAKS
    return {
      breaks: await inInstance(owner, (tx) =>
        Promise.all(breaks.map(async (one) => ({ ...one, between: await headsAround(tx, one) }))),
      ),
      more,
      strays: strays.map(strayFound),
      beyond: strays.length > MOST_BREAKS || !(isStray || more) ? rest : undefined,
    }
  }

  const placeBreak = async (): Promise<Break[]> => {
    const places = await inInstance(owner, async (tx) => {
      const { seq, isGone } = await verifiedUpTo(tx, VERIFIED)
      return [isGone ? seq : undefined, await placeBehindHeads(tx)]
    })
    const gone = [...new Set(places)].filter((seq) => seq !== undefined)
    return gone.map((seq) => ({ what: 'place', wrong: 'cut', seq, to: null, is: '', detail: placeGone(seq).detail }))
  }

  return {
    find,
    acknowledge: async ({ breaks, strays }, reason) => {
      const said = breaks.map(({ between: _, ...one }) => one)
      const late = strays.map(
        ({ wrong, id = '', detail }): Break => ({ what: 'stray', wrong, seq: 0, to: null, is: id, detail }),
      )
      const after = { public: { breaks: [...said, ...late], reason } }
      const seq = (await inInstance(owner, readHead)).seq
      const isSaid = await inInstance(owner, async (tx) => {
        const shown = new Set(late.map(({ is }) => is))
        if (late.length > 0 && (await findStrays(tx, shown.size + 1)).some((id) => !shown.has(id))) return false
        await record(tx, by, { action: ACKNOWLEDGED, target: 'instance', after })
        if (late.length > 0) await walkAnew(tx)
        return true
      })
      if (!isSaid) return fail('others')
      await append()
      if ((await inInstance(owner, readHead)).seq === seq) return fail('not-in-the-chain')
      return ok(await verifyNew(deps))
    },
  }
}

const covers = (known: Break, { what, wrong, seq, to, is }: Break): boolean => {
  if (known.what !== what || known.wrong !== wrong || known.is !== is) return false
  return what === 'gone' ? known.seq <= seq && (to ?? seq) <= (known.to ?? known.seq) : known.seq === seq
}
/** What the database keeps of its end is another than what the chain ends with. */
const isOfTheEnd = ({ wrong }: Finding) => wrong === 'cut' || wrong === 'link-broken'
