import { decodeJwt } from 'jose'
import { z } from 'zod'
import type { InstanceTx } from '../../../db/transaction.ts'
import { keyLine } from '../line.ts'
import { type SourceLine, Unreadable } from '../source-line.ts'
import { lineOfRow } from './chain-line.ts'
import { type ChainRow, type CheckpointRow, newestHead, readCheckpoints, readKeys, readLinks } from './store.ts'

/** One transaction for all of it, or one for each page. */
export type Read = <T>(work: (tx: InstanceTx) => Promise<T>) => Promise<T>

interface DatabaseSource {
  /** Behind it. */
  readonly after?: number
  /** Up to there; else to the end. */
  readonly upTo?: number
  /** At most. Few, and memory stays small; many, and fewer questions are asked. */
  readonly page?: number
  readonly now: Date
}

/**
 * The same lines as an export's, but for what is opened for people: no key is needed to verify. By keyset pages, each of one
 * snapshot; where they are not all of the same, retention may have taken away between two what was still to be read.
 */
export async function* linesOfDatabase(
  read: Read,
  { after = 0, upTo = Number.MAX_SAFE_INTEGER, page: limit = 1000, now }: DatabaseSource,
): AsyncGenerator<SourceLine> {
  const { issuer, keys } = await read(async (tx) => ({ issuer: await issuerOf(tx), keys: await readKeys(tx) }))
  yield { value: { type: 'log', version: 1, issuer, exportedAt: now.toISOString(), complete: true } }
  for (const row of keys) yield { value: keyOf(row) }
  let last = after
  for (;;) {
    const page = await read((tx) => pageBehind(tx, last, { limit, upTo }))
    yield* linesOf(page)
    if (page.until === undefined) return
    last = page.until
  }
}

interface Page {
  readonly rows: readonly ChainRow[]
  readonly heads: readonly CheckpointRow[]
  /** Undefined where there is no more. */
  readonly until: number | undefined
}

async function pageBehind(
  tx: InstanceTx,
  after: number,
  { limit, upTo }: { readonly limit: number; readonly upTo: number },
): Promise<Page> {
  // What was put behind the head of the chain is read as well: it is not to be overlooked.
  const rows = (await readLinks(tx, after, limit)).filter(({ seq }) => Number(seq) <= upTo)
  const last = rows.at(-1)
  const heads = await readCheckpoints(tx, { after, until: last ? Number(last.seq) : upTo, limit })
  // Of segments that retention took there are heads alone, of years perhaps.
  const full = heads.length === limit ? heads.at(-1)?.seq : undefined
  if (full === undefined) return { rows, heads, until: last && Number(last.seq) }
  return { rows: rows.filter(({ seq }) => Number(seq) <= full), heads, until: full }
}

/** A head stands right behind the line whose `seq` it signs. */
function* linesOf({ rows, heads }: Page): Generator<SourceLine> {
  let next = 0
  for (const row of rows) {
    const seq = Number(row.seq)
    for (let head = heads[next]; head && head.seq < seq; head = heads[++next]) yield checkpoint(head)
    yield lineOfRow(row)
    for (let head = heads[next]; head && head.seq === seq; head = heads[++next]) yield checkpoint(head)
  }
  for (const head of heads.slice(next)) yield checkpoint(head)
}

/** Its row is a copy of what was signed, by which retention and the nightly verification go. */
function checkpoint({ seq, first, hash, jws }: CheckpointRow): SourceLine {
  const value = { type: 'checkpoint', jws } as const
  const signed = payloadOf(jws)
  if (signed?.['seq'] === seq && signed['first'] === first && signed['head'] === hash) return { value }
  const detail = `the head kept for entry ${seq} is not one that was signed for it`
  return { value, fault: { wrong: 'signature', seq, detail } }
}

function payloadOf(jws: string): Record<string, unknown> | undefined {
  try {
    return decodeJwt(jws)
  } catch {
    return undefined
  }
}

function keyOf({ kid, public_jwk, endorsement }: Awaited<ReturnType<typeof readKeys>>[number]) {
  const jwk = z.looseObject({}).safeParse(public_jwk).data ?? {}
  const read = keyLine.safeParse({ type: 'key', ...jwk, endorsement })
  if (!read.success || read.data.kid !== kid)
    throw new Unreadable({ wrong: 'key', detail: `the key ${kid} is no key of a log` })
  return read.data
}

/** As the newest head says it; before the first, nobody has. */
async function issuerOf(tx: InstanceTx): Promise<string> {
  const jws = await newestHead(tx)
  const issuer = jws === undefined ? undefined : payloadOf(jws)?.['iss']
  return typeof issuer === 'string' ? issuer : ''
}
