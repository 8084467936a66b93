import { decodeJwt } from 'jose'
import { z } from 'zod'
import type { InstanceTx } from '../../../db/transaction.ts'
import { keyLine } from '../line.ts'
import { type SourceLine, Unreadable } from '../source-line.ts'
import { lineOfRow } from './chain-line.ts'
import { newestHead, readCheckpoints, readHead, readKeys, readLinks } from './store.ts'

interface DatabaseSource {
  /** Behind it. */
  readonly after?: number
  /** Few, and memory stays small; many, and fewer questions are asked. */
  readonly page?: number
  readonly now: Date
}

/**
 * The same lines as an export's, but for what is opened for people: no key is needed to verify. By keyset pages within one
 * transaction, which has to be one snapshot, or retention could take away in the middle of it what was still to be read.
 */
export async function* linesOfDatabase(
  tx: InstanceTx,
  { after = 0, page = 1000, now }: DatabaseSource,
): AsyncGenerator<SourceLine> {
  const issuer = await issuerOf(tx)
  yield { value: { type: 'log', version: 1, issuer, exportedAt: now.toISOString(), complete: true } }
  for (const row of await readKeys(tx)) yield { value: keyOf(row) }
  const { seq: end } = await readHead(tx)
  let last = after
  for (;;) {
    const rows = await readLinks(tx, last, page)
    // What was put behind the head is read as well: it is not to be overlooked.
    const until = rows.length > 0 ? Number(rows.at(-1)?.seq) : Math.max(end, last)
    const heads = headsBetween(tx, last, rows.length > 0 ? until : Number.MAX_SAFE_INTEGER, page)
    let head = await heads.next()
    for (const row of rows) {
      const seq = Number(row.seq)
      for (; !head.done && head.value.seq < seq; head = await heads.next()) yield checkpoint(head.value)
      yield { value: lineOfRow(row) }
      for (; !head.done && head.value.seq === seq; head = await heads.next()) yield checkpoint(head.value)
    }
    for (; !head.done; head = await heads.next()) yield checkpoint(head.value)
    if (rows.length < page) return
    last = until
  }
}

interface Head {
  readonly seq: number
  readonly jws: string
}

async function* headsBetween(
  tx: InstanceTx,
  after: number,
  until: number,
  limit: number,
): AsyncGenerator<Head, undefined> {
  let last = after
  for (;;) {
    const rows = await readCheckpoints(tx, { after: last, until, limit })
    yield* rows
    if (rows.length < limit) return
    last = rows.at(-1)?.seq ?? until
  }
}

/** Its row is a copy of what was signed: one that says another place would be looked for there. */
function checkpoint({ seq, jws }: Head): SourceLine {
  if (payloadOf(jws)?.['seq'] !== seq)
    throw new Unreadable({
      wrong: 'signature',
      seq,
      detail: `the head kept for entry ${seq} is not one that was signed for it`,
    })
  return { value: { type: 'checkpoint', jws } }
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
