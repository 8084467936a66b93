import { Client } from 'pg'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { connectionOptions } from '../../src/db/connection.ts'
import { createTestDatabase, type TestDatabase, testDatabase } from '../support/database.ts'
import { breachesIn, createWorld } from './organisation-rows/attempts.ts'
import { readSchema, type Schema, type ScopedTable } from './organisation-rows/schema.ts'

/** They name an organisation and are not its rows; each says in its comment why. A new one is argued for here. */
const NOT_OF_AN_ORGANISATION = ['oidc_artifacts', 'organisation_choices', 'revocations']

/** All of a table, or only the first: where something was opened, the rest of the table says no more than that. */
async function breachesOf(
  database: TestDatabase,
  tables: readonly ScopedTable[],
  { isFirstEnough = false } = {},
): Promise<string[]> {
  const superuser = await database.superuser()
  const world = await createWorld(superuser, tables)
  const [app, owner] = await Promise.all([connect(database, 'hearthkey_app'), connect(database, 'hearthkey_owner')])
  try {
    const found: string[] = []
    for (const table of tables)
      for await (const breach of breachesIn(table, { app, owner }, tables, world)) {
        found.push(breach)
        if (isFirstEnough) break
      }
    return found
  } finally {
    await Promise.all([app.end(), owner.end()])
  }
}

async function connect({ target }: TestDatabase, role: 'hearthkey_app' | 'hearthkey_owner'): Promise<Client> {
  const client = new Client(connectionOptions(target, role))
  await client.connect()
  return client
}

describe('[MON-11] [STO-6] [TOS-3] the rows of organisations, by what the schema says of them', () => {
  let schema: Schema

  beforeAll(async () => {
    const database = await createTestDatabase()
    schema = await readSchema(await database.superuser())
    return () => database.close()
  })

  it('are read, made, changed, moved and deleted by nobody from outside, whatever scope they have', async () => {
    expect(schema.scoped.length).toBeGreaterThanOrEqual(10)
    expect(await breachesOf(await testDatabase(), schema.scoped)).toEqual([])
  })

  it('have a policy in every table that names an organisation, unless it is argued for here', () => {
    expect(schema.open).toEqual(NOT_OF_AN_ORGANISATION)
  })

  it('are missed in a new table without a policy, and a new one with a policy must be tried', async () => {
    const database = await testDatabase()
    const superuser = await database.superuser()
    await superuser.query(`CREATE TABLE notes (id uuid PRIMARY KEY, org_id uuid);
      CREATE TABLE other_notes (id uuid PRIMARY KEY, organisation uuid REFERENCES organisations (id));
      CREATE TABLE guarded_notes (id uuid PRIMARY KEY, org_id uuid NOT NULL);
      CREATE POLICY guarded_notes_own ON guarded_notes USING (org_id = current_org())`)
    const { open, scoped } = await readSchema(superuser)
    expect(open.filter((name) => !NOT_OF_AN_ORGANISATION.includes(name))).toEqual(['notes', 'other_notes'])
    await expect(createWorld(superuser, scoped)).rejects.toThrow(/how a row of guarded_notes is made/)
  })

  // Each is done to every table at once; each table has to be found.
  it.each([
    ['row security is switched off', (table: string) => `ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`],
    ['it does not bind the owner', (table: string) => `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`],
    ['a policy lets everybody read', (table: string) => `CREATE POLICY open ON ${table} FOR SELECT USING (true)`],
    [
      'a policy lets everybody insert',
      (table: string) =>
        `GRANT INSERT ON ${table} TO hearthkey_app; CREATE POLICY open ON ${table} FOR INSERT WITH CHECK (true)`,
    ],
    [
      'a policy lets whoever reads it change it',
      (table: string) =>
        `GRANT UPDATE ON ${table} TO hearthkey_app; CREATE POLICY open ON ${table} USING (true) WITH CHECK (true)`,
    ],
    [
      'its policies are gone',
      (table: string) => `DO $$ DECLARE p record; BEGIN
        FOR p IN SELECT polname FROM pg_policy WHERE polrelid = '${table}'::regclass LOOP
          EXECUTE format('DROP POLICY %I ON ${table}', p.polname); END LOOP; END $$`,
    ],
  ])('are found open where %s', async (_, spoil) => {
    const database = await createTestDatabase()
    onTestFinished(() => database.close())
    const superuser = await database.superuser()
    for (const { name } of schema.scoped) await superuser.query(spoil(name))
    const found = await breachesOf(database, schema.scoped, { isFirstEnough: true })
    const missed = schema.scoped.filter(({ name }) => !found.some((breach) => breach.startsWith(`${name}:`)))
    expect(missed.map(({ name }) => name)).toEqual([])
  })
})
