import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { readRoles } from '../../src/access/read.ts'
import { roleId } from '../../src/access/role.ts'
import { ROLES_CHANNEL } from '../../src/access/store.ts'
import { findBySecret, listKeys } from '../../src/api-keys/store.ts'
import { createMemory } from '../../src/db/memory.ts'
import { inCredential, inMember, inOrganisation, inTransaction } from '../../src/db/transaction.ts'
import { findByToken } from '../../src/orgs/invitations/store.ts'
import { findMembership, listMemberships } from '../../src/orgs/memberships/store.ts'
import { findOwn, findSeat, listOwn, listToChoose } from '../../src/orgs/seats/store.ts'
import { HandListener } from '../keyring/support.ts'
import { frozenClock } from '../support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { readingOf } from './plans.ts'
import { orgId, userId } from './support.ts'

const ORGANISATIONS = 5_000
/** Plans are the same from here on; `MEMBERSHIPS=1000000 npm test -- access/plans` shows it, and takes minutes to fill. */
const MEMBERS = Number(process.env['MEMBERSHIPS'] ?? 50_000)
const FILL_WITHIN_MS = 60_000 + MEMBERS

/** UUIDs that a number gives: of an organisation, a member, a role and a key. */
const uuid = (kind: string, number: string) =>
  `('${kind}0000000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`
const written = (kind: string, number: number) =>
  `${kind}0000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
const hashOf = (number: number) => createHash('sha256').update(`${number}`).digest()

/** The first organisation has a tenth of all members; the first member works for fifty organisations. */
const FILL = `
  SET session_replication_role = replica;
  INSERT INTO organisations (id, slug, name, status, template, policy, settings, created_at)
    SELECT ${uuid('1', 'g')}, 'o-' || g, 'O ' || g, 'active', 'basic', '{}', '{}', now() FROM generate_series(1, ${ORGANISATIONS}) g;
  CREATE TEMP TABLE who AS
    SELECT CASE WHEN g % 10 = 0 THEN 1 ELSE g % ${ORGANISATIONS} + 1 END AS org, g + 1 AS member FROM generate_series(1, ${MEMBERS}) g
    UNION SELECT g, 1 FROM generate_series(1, 50) g;
  INSERT INTO memberships (org_id, member_id, member_kind, status, joined_at)
    SELECT ${uuid('1', 'org')}, ${uuid('2', 'member')}, 'person', 'active', now() FROM who;
  INSERT INTO roles (id, org_id, key, name, description, permissions, may_assign, kept, api_only, created_at)
    SELECT ${uuid('3', 'g')}, ${uuid('1', `g % ${ORGANISATIONS} + 1`)}, 'r' || g, 'R', '', '{}', '{}', false, false, now()
    FROM generate_series(1, ${ORGANISATIONS * 4}) g;
  INSERT INTO roles (id, template, key, name, description, permissions, may_assign, kept, api_only, created_at)
    SELECT ${uuid('4', 'g')}, 'basic', 'b' || g, 'B', '', '{}', '{}', false, false, now() FROM generate_series(1, 3) g;
  INSERT INTO membership_roles SELECT ${uuid('1', 'org')}, ${uuid('2', 'member')}, ${uuid('4', '1')}, now() FROM who;
  INSERT INTO invitations (id, org_id, email, email_index, token_hash, role_ids, status, invited_by, letters, created_at, sent_at, expires_at)
    SELECT ${uuid('5', 'g')}, ${uuid('1', `g % ${ORGANISATIONS} + 1`)}, '', sha256(('e' || g)::bytea), sha256(g::text::bytea), '{}',
      'pending', 'x', 1, now(), now(), now() FROM generate_series(1, 20000) g;
  INSERT INTO api_keys (id, org_id, owner_id, owner_kind, name, hint, secret_hash, permissions, ip_ranges, created_at)
    SELECT ${uuid('6', 'g')}, ${uuid('1', `g % ${ORGANISATIONS} + 1`)}, ${uuid('2', 'g')}, 'person', 'k', 'h', sha256(g::text::bytea), '{}', '{}', now()
    FROM generate_series(1, 20000) g;
  INSERT INTO api_key_uses SELECT id, org_id, now() FROM api_keys;
  ANALYZE;`

const organisation = orgId.fromUuid(written('1', 7))
const large = orgId.fromUuid(written('1', 1))
const member = userId.fromUuid(written('2', 1))

/** With statistics of real rows, and nothing of the planner's switched off. */
describe('where there are very many memberships, everything is looked up by an index', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
    await (await database.superuser()).query(FILL)
    return () => database.close()
  }, FILL_WITHIN_MS)

  // Whoever hears of no change remembers nothing.
  const listener = Object.assign(new HandListener(), { connected: false })
  const { rolesFor, rolesNamed, rolesHere } = readRoles(
    createMemory({ channel: ROLES_CHANNEL, listener, clock: frozenClock() }),
  )
  const own = roleId.fromUuid(written('3', 6))
  const lookUps: Readonly<Record<string, (from: TestDatabase) => Promise<unknown>>> = {
    'a membership, for a token': ({ app }) => inTransaction(app, (tx) => findSeat(tx, organisation, member)),
    'the organisations that somebody may choose from': ({ app }) =>
      inMember(app, member, (tx) => listToChoose(tx, member)),
    'one of them by its short name': ({ app }) => inMember(app, member, (tx) => findOwn(tx, member, { slug: 'o-7' })),
    'one of them by its id': ({ app }) => inMember(app, member, (tx) => findOwn(tx, member, { id: organisation })),
    'all of somebody’s own': ({ app }) => inMember(app, member, (tx) => listOwn(tx, member)),
    'a page of members': ({ app }) =>
      inOrganisation(app, organisation, (tx) => listMemberships(tx, organisation, { limit: 50 })),
    'a later page of very many members': ({ app }) =>
      inOrganisation(app, large, (tx) => listMemberships(tx, large, { after: member, kind: 'person', limit: 50 })),
    'one member': ({ app }) => inOrganisation(app, organisation, (tx) => findMembership(tx, organisation, member)),
    'roles by their ids': ({ app }) => inOrganisation(app, organisation, (tx) => rolesFor(tx, [own])),
    'roles by their keys': ({ app }) =>
      inOrganisation(app, organisation, (tx) => rolesNamed(tx, 'basic', ['b1', 'r6'])),
    'the roles of an organisation': ({ app }) => inOrganisation(app, organisation, rolesHere),
    'an API key by its hash': ({ app }) => inCredential(app, hashOf(7), (tx) => findBySecret(tx, hashOf(7))),
    'the API keys of an organisation': ({ app }) =>
      inOrganisation(app, organisation, (tx) => listKeys(tx, { organisation, limit: 50 })),
    'an invitation by its link': ({ app }) => inCredential(app, hashOf(7), (tx) => findByToken(tx, hashOf(7))),
  }

  it.each(Object.entries(lookUps))('%s', async (_, lookUp) => {
    expect(await lookUp(database)).toBeTruthy()
    const reading = await readingOf(database, () => lookUp(database))
    expect(reading.whole).toEqual([])
    expect(reading.byIndex).toBeGreaterThan(0)
  })

  it('and a plan without its index is seen', async () => {
    const superuser = await database.superuser()
    await superuser.query('DROP INDEX memberships_of_member')
    const lookUp = lookUps['all of somebody’s own']
    const { whole } = await readingOf(database, async () => lookUp?.(database))
    expect(whole.join()).toContain('memberships')
  })
})
