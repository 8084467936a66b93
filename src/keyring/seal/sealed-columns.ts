import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../../db/types.ts'

const sealedColumn = z.object({
  table: z.string(),
  column: z.string(),
  idColumn: z.string(),
  /** How PostgreSQL names the id's type, to compare a text with it. */
  idType: z.string(),
  kind: z.enum(['instance', 'person']),
  /** Whether an instance-wide job sees every row: no row security, or the policy that believes its declaration. */
  whollyVisible: z.boolean(),
})
export type SealedColumn = z.infer<typeof sealedColumn>
export type SealKind = SealedColumn['kind']

/** What the migrations registered. */
export async function listSealedColumns(db: Db): Promise<SealedColumn[]> {
  const { rows } = await sql`
    SELECT s.table_name AS "table", s.column_name AS "column", s.id_column AS "idColumn", s.kind,
      format_type(a.atttypid, a.atttypmod) AS "idType",
      NOT c.relrowsecurity OR (
        EXISTS (
          SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polpermissive
            AND p.polroles = ARRAY['hearthkey_owner'::regrole::oid]
            AND pg_get_expr(p.polqual, p.polrelid) = 'in_instance_scope()')
        AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive)
      ) AS "whollyVisible"
    FROM sealed_columns s
    JOIN pg_class c ON c.oid = format('public.%I', s.table_name)::regclass
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.id_column
    ORDER BY 1, 2`.execute(db)
  return z.array(sealedColumn).parse(rows)
}

/** A row that a rotation cannot see would be lost with the old key, and silently. */
export function assertWhollyVisible({ table, whollyVisible }: SealedColumn): void {
  if (!whollyVisible)
    throw new Error(`${table} has row security without a policy for hearthkey_owner USING (in_instance_scope())`)
}

/** A column that nobody registered would be lost by the first rotation, so sealing for it is refused at once. */
export type AssertRegistered = (kind: SealKind, table: string, column: string) => void

export function registration(columns: readonly SealedColumn[]): AssertRegistered {
  const known = new Set(columns.map(({ kind, table, column }) => `${kind} ${table}.${column}`))
  return (kind, table, column) => {
    if (!known.has(`${kind} ${table}.${column}`))
      throw new TypeError(
        `${table}.${column} is not registered for ${kind} seals: call register_sealed_column in its migration`,
      )
  }
}
