import type { Client } from 'pg'

interface Found {
  readonly name: string
  readonly on: string
  readonly definition: string
  readonly is_constraint: boolean
}

/**
 * Takes the indexes of these tables away, does the work, and builds them as they were: keys that look random go into an index
 * one page after the other of all that there are, and each page into the log, which was most of what it cost to fill. What a
 * foreign key leans on stays. Constraints are checked where they are built.
 */
export async function withIndexesAfter(
  client: Client,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const { rows } = await client.query<Found>(
    `SELECT coalesce(c.conname, x.relname) AS name, i.indrelid::regclass::text AS on, c.oid IS NOT NULL AS is_constraint,
        coalesce(pg_get_constraintdef(c.oid), pg_get_indexdef(i.indexrelid)) AS definition
       FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
       LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
       WHERE i.indrelid = ANY($1::regclass[])
         AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = i.indexrelid AND f.contype = 'f')
       ORDER BY 2, 1`,
    [tables],
  )
  for (const { name, on, is_constraint } of rows)
    await client.query(is_constraint ? `ALTER TABLE ${on} DROP CONSTRAINT ${name}` : `DROP INDEX ${name}`)
  await work()
  await client.query("SET maintenance_work_mem = '512MB'")
  for (const { name, on, is_constraint, definition } of rows)
    await client.query(is_constraint ? `ALTER TABLE ${on} ADD CONSTRAINT ${name} ${definition}` : definition)
}
