import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Db } from '../../src/db/types.ts'
import { testDatabase } from '../support/database.ts'

interface Table {
  readonly name: string
  readonly comment: string
  readonly enabled: boolean
  readonly forced: boolean
  readonly scoped: boolean
}

const TABLES = sql<Table>`
  SELECT c.relname AS name, coalesce(obj_description(c.oid, 'pg_class'), '') AS comment,
    c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
    EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polroles = '{0}'
            AND pg_get_expr(p.polqual, p.polrelid) LIKE '%current_org()%') AS scoped
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1`

const walled = (table: Table) => table.enabled && table.forced && table.scoped
const reasoned = (table: Table) => /\brls: none because \w+/.test(table.comment)

/** The tables that neither a policy guards nor a stated reason excuses. */
async function openTables(owner: Db): Promise<string[]> {
  const { rows } = await TABLES.execute(owner)
  return rows.filter((table) => !walled(table) && !reasoned(table)).map(({ name }) => name)
}

describe('[TOS-3] row-level security', () => {
  it('guards every table, or the table says why not', async () => {
    const { owner } = await testDatabase()
    expect((await TABLES.execute(owner)).rows.length).toBeGreaterThan(0)
    expect(await openTables(owner)).toEqual([])
  })

  it('is missed when a new table forgets it', async () => {
    const { owner } = await testDatabase()
    await sql
      .raw(`CREATE TABLE forgotten (org_id uuid); CREATE TABLE unforced (org_id uuid); ALTER TABLE unforced ENABLE ROW LEVEL SECURITY;
      CREATE POLICY p ON unforced USING (org_id = current_org())`)
      .execute(owner)
    expect(await openTables(owner)).toEqual(['forgotten', 'unforced'])
  })

  it('is not undone by a grant to everybody', async () => {
    const { owner } = await testDatabase()
    const { rows } = await sql<{ table: string }>`
      SELECT table_name AS "table" FROM information_schema.table_privileges WHERE table_schema = 'public' AND grantee = 'PUBLIC'`.execute(
      owner,
    )
    expect(rows).toEqual([])
  })
})
