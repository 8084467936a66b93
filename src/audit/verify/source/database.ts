import { decodeJwt } from 'jose'
import { z } from 'zod'
import type { InstanceTx } from '../../../db/transaction.ts'
import { keyLine } from '../line.ts'
import { type SourceLine, Unreadable } from '../source-line.ts'
import { lineOfRow } from './chain-line.ts'
import { type CheckpointRow, newestHead, readCheckpoints, readKeys, readLinks } from './store.ts'

interface DatabaseSource {
  /** Behind it. */
  readonly after?: number
  /** At most. Few, and memory stays small; many, and fewer questions are asked. */
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
  let last = after
  for (;;) {
    const rows = await readLinks(tx, last, page)
    // What was put behind the head of the chain is read as well: it is not to be overlooked.
    const until = Number(rows.at(-1)?.seq ?? Number.MAX_SAFE_INTEGER)
    const heads = headsBetween(tx, last, until, page)
    let head = await heads.next()
    for (const row of rows) {
      const seq = Number(row.seq)
      for (; !head.done && head.value.seq < seq; head = await heads.next()) yield checkpoint(head.value)
      yield lineOfRow(row)
      for (; !head.done && head.value.seq === seq; head = await heads.next()) yield checkpoint(head.value)
    }
    for (; !head.done; head = await heads.next()) yield checkpoint(head.value)
    if (rows.length === 0) return
    last = until
  }
}

async function* headsBetween(
  tx: InstanceTx,
  after: number,
  until: number,
  limit: number,
): AsyncGenerator<CheckpointRow, undefined> {
  let last = after
  for (;;) {
    const rows = await readCheckpoints(tx, { after: last, until, limit })
    yield* rows
    if (rows.length < limit) return
    last = rows.at(-1)?.seq ?? until
  }
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
