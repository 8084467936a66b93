import { sql } from 'kysely'
import { z } from 'zod'
import type { Db, Tx } from '../../db/types.ts'
import type { SealedColumn } from '../seal/sealed-columns.ts'

const sealedRow = z.object({ id: z.string(), sealed: z.instanceof(Buffer) })
export type SealedRow = z.infer<typeof sealedRow>

/** Bytes 2 to 17 of a seal name its key. */
const keyOf = (column: string) => sql`substring(${sql.ref(column)} FROM 2 FOR 16)`
const uuidBytes = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex')

interface Batch {
  readonly currentKey: string
  /** The last id of the batch before. */
  readonly after: string | undefined
  readonly size: number
}

/** Rows under any key but the current one; rows that somebody is writing right now are left for the next pass. */
export async function lockOldRows(
  tx: Tx,
  { table, column, idColumn, idType }: SealedColumn,
  { currentKey, after, size }: Batch,
): Promise<SealedRow[]> {
  const beyond = after === undefined ? sql`` : sql`AND ${sql.ref(idColumn)} > ${after}::text::${sql.raw(idType)}`
  const { rows } = await sql`
    SELECT ${sql.ref(idColumn)}::text AS id, ${sql.ref(column)} AS sealed FROM ${sql.table(table)}
    WHERE ${keyOf(column)} <> ${uuidBytes(currentKey)} ${beyond}
    ORDER BY ${sql.ref(idColumn)} LIMIT ${size} FOR UPDATE SKIP LOCKED`.execute(tx)
  return z.array(sealedRow).parse(rows)
}

/** Compare-and-set: what somebody wrote since is newer than what we opened. */
export async function replaceSeal(
  tx: Tx,
  { table, column, idColumn, idType }: SealedColumn,
  row: SealedRow,
  sealed: Buffer,
): Promise<void> {
  await sql`
    UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ${sealed}
    WHERE ${sql.ref(idColumn)} = ${row.id}::text::${sql.raw(idType)} AND ${sql.ref(column)} = ${row.sealed}`.execute(tx)
}

const answer = z.tuple([z.object({ used: z.boolean() })])

export async function isUsed(db: Db, { table, column }: SealedColumn, key: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT EXISTS (SELECT FROM ${sql.table(table)} WHERE ${keyOf(column)} = ${uuidBytes(key)}) AS used`.execute(db)
  return answer.parse(rows)[0].used
}
