import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId } from '../../lib/ids.ts'
import type { Log } from '../../lib/log.ts'
import { acknowledgeAnew, firstHeadKnown, goneAndKnown } from '../acknowledging/anew.ts'
import type { ActorContext } from '../actor.ts'
import { eventId } from '../event.ts'
import { VERIFIED } from '../verify/store.ts'
import type { EventWriter } from '../writer.ts'
import { type RetentionRule, rulesOf, stepOf } from './rules.ts'
import {
  areChained,
  declaredOfInstance,
  deleteEntries,
  deleteLinks,
  endOfDue,
  firstHeld,
  firstUnexplained,
  type Held,
  heldUpTo,
  holdSegment,
  lastSegmentUpTo,
  oldestHeldAt,
  ownRetentions,
  type Segment,
  segmentsUpTo,
  slowestFollower,
} from './store.ts'

const organisationId = defineId('org')

export interface PruneDeps {
  readonly owner: Db
  readonly clock: Clock
  readonly log: Pick<Log, 'error' | 'info' | 'warn'>
  readonly record: EventWriter['recordEvent']
  /** Of an organisation that has no length of its own, and of the instance. */
  readonly retentionMs: number
  /** Who reads the log as it is configured now, by the names of their places: nothing goes that they have not read. */
  readonly readers: readonly string[]
  /** Puts into the chain what was committed: what is to be taken away has to stand in it before. */
  readonly append: () => Promise<unknown>
}

export interface PruneDone {
  readonly entries: number
  readonly links: number
}

const by: ActorContext = { actor: { kind: 'system', id: 'audit.prune' } }
const SEGMENTS = 100

/**
 * First it is said, in the log and in its chain, what will go; then it goes. So a run that dies leaves too much, never a hole
 * that nobody speaks of, and a verifier who comes in the middle of it finds nothing wrong. Of an organisation the oldest goes
 * first and nothing is left out: one number says what is gone.
 */
export async function pruneLog(deps: PruneDeps, signal: AbortSignal): Promise<PruneDone> {
  const { owner } = deps
  const due = await inInstance(owner, (tx) => dueNow(deps, tx))
  if (due.length === 0) return { entries: 0, links: 0 }
  if (!(await declared(deps, (tx) => declareEntries(deps, tx, due)))) return { entries: 0, links: 0 }
  let entries = 0
  for (const { rule, upTo, held } of due)
    if (held.length > 0)
      await eachSegment(owner, upTo, signal, async (tx, segment) => {
        entries += await deleteEntries(tx, segment, rule.whose)
      })
  return {
    entries,
    links: signal.aborted ? 0 : await pruneLinks(deps, due, signal),
  }
}

interface Due {
  readonly rule: RetentionRule
  readonly upTo: number
  readonly held: readonly Held[]
}

async function dueNow({ clock, log, retentionMs, readers }: PruneDeps, tx: InstanceTx): Promise<Due[]> {
  const slowest = await slowestFollower(tx, VERIFIED, readers)
  if (!slowest) return []
  const due: Due[] = []
  for (const wanted of rulesOf(await ownRetentions(tx), retentionMs, clock.now())) {
    const rule = stepOf(wanted, await oldestHeldAt(tx, wanted.whose))
    const upTo = await endOfDue(tx, rule.before, slowest.seq)
    if ((await endOfDue(tx, rule.before, Number.MAX_SAFE_INTEGER)) > upTo)
      log.warn({ follower: slowest.name, seq: slowest.seq }, 'retention waits for one who has not read the log so far')
    if (upTo > 0) due.push({ rule, upTo, held: await heldUpTo(tx, rule.whose, upTo) })
  }
  const unexplained = await firstUnexplained(tx, Math.max(0, ...due.map(({ upTo }) => upTo)), await goneAndKnown(tx))
  if (unexplained === undefined) return due
  log.error(
    { seq: unexplained },
    'an entry is gone that retention has not taken: nothing is pruned; see hearthkey audit verify',
  )
  return []
}

async function declareEntries({ record }: PruneDeps, tx: InstanceTx, due: readonly Due[]): Promise<string[]> {
  const { linksUpTo } = await declaredOfInstance(tx)
  const events: string[] = []
  for (const { rule, upTo, held } of due)
    for (const { organisation, entries } of held) {
      const said = { upTo, entries, before: rule.before.toISOString() }
      if (organisation === null) {
        events.push(await declare(record, tx, by, 'instance', { ...said, linksUpTo }))
        events.push(...(await acknowledgeAnew({ record, tx, by }, upTo, linksUpTo)))
      } else events.push(await declareOf(record, tx, organisation, said))
    }
  return events
}

function declareOf(record: PruneDeps['record'], tx: InstanceTx, uuid: string, said: Said): Promise<string> {
  const organisation = organisationId.fromUuid(uuid)
  return declare(record, tx, { ...by, organisation }, organisation, said)
}

interface Said {
  readonly upTo: number
  readonly entries: number
  /** What was older than that was due: against this anybody can hold how long the log was to be kept. */
  readonly before: string
  readonly linksUpTo?: number
}

const declare = async (
  record: PruneDeps['record'],
  tx: InstanceTx,
  context: ActorContext,
  target: string,
  said: Said,
): Promise<string> =>
  eventId.toUuid(await record(tx, context, { action: 'audit.pruned', target, after: { public: { ...said } } }))

/** True once it stands in the chain. If it does not, the next run says it again. */
async function declared(
  { owner, log, append }: PruneDeps,
  say: (tx: InstanceTx) => Promise<string[]>,
): Promise<boolean> {
  const events = await inInstance(owner, say)
  if (events.length === 0) return true
  await append()
  const isSaid = await inInstance(owner, (tx) => areChained(tx, events))
  if (!isSaid)
    log.warn({ events: events.length }, 'what is to be pruned is not in the chain yet: it waits for the next run')
  return isSaid
}

/** Once nothing at all is left of the oldest segments: their signed heads are what the rest begins with. */
async function pruneLinks(deps: PruneDeps, due: readonly Due[], signal: AbortSignal): Promise<number> {
  const { owner, clock, record } = deps
  const most = Math.max(...due.map(({ upTo }) => upTo))
  const latest = new Date(Math.max(...due.map(({ rule }) => rule.before.getTime())))
  const { upTo, said: saidBefore } = await inInstance(owner, async (tx) => {
    const kept = [await firstHeld(tx), await firstHeadKnown(tx)].map((seq) => (seq ?? Number.MAX_SAFE_INTEGER) - 1)
    const last = Math.min(most, ...kept)
    return { upTo: await lastSegmentUpTo(tx, last), said: await declaredOfInstance(tx) }
  })
  if (upTo === 0) return 0
  const said = await declared(deps, async (tx) =>
    upTo > saidBefore.linksUpTo
      ? [
          await declare(record, tx, by, 'instance', {
            upTo: saidBefore.upTo,
            entries: 0,
            before: latest.toISOString(),
            linksUpTo: upTo,
          }),
        ]
      : [],
  )
  if (!said) return 0
  let links = 0
  await eachSegment(owner, upTo, signal, async (tx, segment) => {
    await deleteLinks(tx, segment, clock.now())
    links += segment.seq - segment.first + 1
  })
  return links
}

/** Each in a transaction of its own: nobody waits for a long one, and a server that stops does not wait for the rest. */
async function eachSegment(
  owner: Db,
  upTo: number,
  signal: AbortSignal,
  work: (tx: InstanceTx, segment: Segment) => Promise<void>,
): Promise<void> {
  let after = 0
  while (!signal.aborted) {
    const segments = await inInstance(owner, (tx) => segmentsUpTo(tx, after, upTo, SEGMENTS))
    for (const segment of segments) {
      if (signal.aborted) return
      await inInstance(owner, async (tx) => {
        if (await holdSegment(tx, segment)) await work(tx, segment)
      })
      after = segment.seq
    }
    if (segments.length < SEGMENTS) return
  }
}
