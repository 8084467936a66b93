import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { inInstance, inOrganisation, inTransaction } from '../../src/db/transaction.ts'
import type { Db } from '../../src/db/types.ts'
import { defineId } from '../../src/lib/ids.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const OrgId = defineId('org')
const ours = OrgId.generate()
const theirs = OrgId.generate()

const read = async (tx: Db) =>
  (await sql<{ note: string }>`SELECT note FROM ledger ORDER BY note`.execute(tx)).rows.map((row) => row.note)
const write = (tx: Db, org: typeof ours, note: string) =>
  sql`INSERT INTO ledger (org_id, note) VALUES (${OrgId.toUuid(org)}, ${note})`.execute(tx)

/** The pattern that every organisation's table follows. */
const LEDGER = `
  CREATE TABLE ledger (org_id uuid NOT NULL, note text NOT NULL);
  COMMENT ON TABLE ledger IS 'A test. rls: org; events: none because it exists in one test';
  ALTER TABLE ledger ENABLE ROW LEVEL SECURITY;
  ALTER TABLE ledger FORCE ROW LEVEL SECURITY;
  CREATE POLICY in_organisation ON ledger USING (org_id = current_org()) WITH CHECK (org_id = current_org());
  CREATE POLICY in_instance ON ledger TO hearthkey_owner USING (in_instance_scope());
  GRANT SELECT, INSERT, UPDATE, DELETE ON ledger TO hearthkey_app;`

describe('[MON-11] [STO-6] [TOS-3] an organisation’s rows', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
    await sql.raw(LEDGER).execute(database.owner)
    await inOrganisation(database.app, ours, (tx) => write(tx, ours, 'ours'))
    await inOrganisation(database.app, theirs, (tx) => write(tx, theirs, 'theirs'))
    return () => database.close()
  })

  it('are seen inside a transaction of that organisation, and no others', async () => {
    expect(await inOrganisation(database.app, ours, read)).toEqual(['ours'])
    expect(await inOrganisation(database.app, theirs, read)).toEqual(['theirs'])
  })

  it('are not seen without a scope, by the serving role or by the owner', async () => {
    expect(await read(database.app)).toEqual([])
    expect(await inTransaction(database.app, read)).toEqual([])
    expect(await inTransaction(database.owner, read)).toEqual([])
  })

  it('cannot be written, moved or deleted from another organisation', async () => {
    await expect(inOrganisation(database.app, ours, (tx) => write(tx, theirs, 'planted'))).rejects.toThrow(
      /row-level security/,
    )
    await expect(
      inOrganisation(database.app, ours, (tx) => sql`UPDATE ledger SET org_id = ${OrgId.toUuid(theirs)}`.execute(tx)),
    ).rejects.toThrow(/row-level security/)
    await inOrganisation(database.app, ours, (tx) =>
      sql`DELETE FROM ledger WHERE org_id = ${OrgId.toUuid(theirs)}`.execute(tx),
    )
    expect(await inOrganisation(database.app, theirs, read)).toEqual(['theirs'])
  })

  it('are out of sight again when the pooled connection serves the next request', async () => {
    for (let round = 0; round < 20; round++) {
      await inOrganisation(database.app, ours, read)
      expect(await read(database.app)).toEqual([])
    }
  })

  it('are all seen by an instance-wide job that says so', async () => {
    expect(await inInstance(database.owner, read)).toEqual(['ours', 'theirs'])
  })

  it('stay out of sight of a serving connection that claims to be an instance-wide job', async () => {
    expect(await inInstance(database.app, read)).toEqual([])
  })

  it('stay out of sight of a serving connection that tries to become the owner', async () => {
    await expect(sql`SET ROLE hearthkey_owner`.execute(database.app)).rejects.toThrow(/permission denied/)
    await expect(sql`ALTER TABLE ledger DISABLE ROW LEVEL SECURITY`.execute(database.app)).rejects.toThrow(
      /must be owner/,
    )
  })
})
