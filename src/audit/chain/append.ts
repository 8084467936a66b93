import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { HeldHead } from './head.ts'
import { linksBehind, readRow } from './links.ts'
import { namesOf } from './names.ts'
import type { ActorNames } from './ports.ts'
import { isFromTheFuture, type Seen, seenUpTo } from './seen.ts'
import {
  beginWaitForHead,
  findUnchained,
  holdHead,
  insertLinks,
  moveHead,
  type Portion,
  type UnchainedRow,
  walkOn,
} from './store.ts'

export interface ChainDeps {
  readonly owner: Db
  readonly names: ActorNames
  readonly clock: Clock
  readonly log: Log
  /** How many events one transaction takes, and how much of them. */
  readonly batch?: number
  readonly batchBytes?: number
}

export interface Appended {
  readonly count: number
  /** There may be more to do at once. */
  readonly more: boolean
}

/** What is in memory at once: an event may be two megabytes large, and a thousand of those would be all that a small machine has. */
const [BATCH, BATCH_BYTES] = [1_000, 8 * 2 ** 20]
const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * Puts what was committed since into the chain. Writers wait for nobody: they insert their event and know nothing of this. One
 * instance at a time does it, since it holds the head, and all of a batch is there or nothing of it.
 */
export const appendBatch = ({
  owner,
  names,
  clock,
  log,
  batch = BATCH,
  batchBytes = BATCH_BYTES,
}: ChainDeps): Promise<Appended> =>
  inInstance(owner, async (tx) => {
    const head = await holdHead(tx)
    if (!head) return { count: 0, more: false }
    const { rows, seen, walk, more } = await nextOf(tx, head, { events: batch, bytes: batchBytes })
    const inOrder = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((row) => readRow(row, log))
    const entries = inOrder.flatMap(({ entry }) => entry ?? [])
    const named = entries.length > 0 ? await namesOf(names, log)(tx, entries) : new Map()
    const links = linksBehind(head, inOrder, named, log)
    if (links.length > 0) await insertLinks(tx, links)
    const { seq, hash } = links.at(-1) ?? head
    if (links.length > 0) await beginWaitForHead(tx, clock.now())
    await moveHead(tx, { seq, hash, seen, walk })
    return { count: links.length, more }
  })

/** All that there is. Answers how many entries the chain grew by. */
export async function appendToChain(deps: ChainDeps): Promise<number> {
  let [sum, more] = [0, true]
  while (more) {
    const appended = await appendBatch(deps)
    sum += appended.count
    more = appended.more
  }
  return sum
}

interface Next extends Pick<HeldHead, 'seen' | 'walk'> {
  readonly rows: readonly UnchainedRow[]
  readonly more: boolean
}

async function nextOf(tx: InstanceTx, head: HeldHead, portion: Portion): Promise<Next> {
  if (head.walk || !head.seen) return nextOfWalk(tx, head, portion)
  const { current, rows, beyond } = await findUnchained(tx, head.seen, portion)
  // A backup was restored into a server that counts anew: what its snapshot says, says nothing here.
  if (isFromTheFuture(head.seen, current)) return nextOfWalk(tx, head, portion)
  if (beyond === undefined) return { rows, seen: current, walk: undefined, more: false }
  return { rows, seen: seenUpTo(head.seen, current, beyond), walk: undefined, more: true }
}

/** What is committed while it goes on was not to be seen when it began: it comes behind it, or is met on the way. */
async function nextOfWalk(tx: InstanceTx, { walk, seen }: HeldHead, portion: Portion): Promise<Next> {
  const { current, rows, to } = await walkOn(tx, walk?.to ?? FIRST, portion)
  const began: Seen = walk?.began ?? current
  if (to === undefined) return { rows, seen: began, walk: undefined, more: true }
  return { rows, seen, walk: { began, to }, more: true }
}
