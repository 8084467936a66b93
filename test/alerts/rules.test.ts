import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { byAction } from '../../src/alerts/rules.ts'
import { NOBODY } from '../../src/audit/sealer.ts'
import { isAction } from '../../src/audit/vocabulary.ts'
import { inInstance } from '../../src/db/transaction.ts'
import { openCompanies } from '../../src/instance/companies.ts'
import { defineId } from '../../src/lib/ids.ts'
import { type AlertWorld, alertWorld, operator } from './support.ts'

const userId = defineId('usr')
const failed = (target: string) =>
  ({ action: 'sign_in.failed', target, after: { public: { reason: 'refused' } } }) as const

const raisedBy = async (world: AlertWorld) => {
  await world.look()
  return (await world.raised()).map(({ rule, subject, count }) => [
    rule,
    subject,
    ...(count === undefined ? [] : [count]),
  ])
}

describe('[DRP-15] failed sign-ins of one identity', () => {
  it('raise an alert with the sixth within a quarter of an hour, once, and again after the quiet', async () => {
    const world = await alertWorld()
    const ada = userId.generate()
    for (let n = 0; n < 5; n++) await world.happens(failed(ada))
    expect(await raisedBy(world)).toEqual([])
    for (let n = 0; n < 10; n++) await world.happens(failed(ada))
    expect(await raisedBy(world)).toEqual([['failed-sign-ins', ada, 6]])
    world.clock.advance(61 * 60_000)
    for (let n = 0; n < 6; n++) await world.happens(failed(ada))
    expect(await raisedBy(world)).toEqual([
      ['failed-sign-ins', ada, 6],
      ['failed-sign-ins', ada, 6],
    ])
  })

  it('are not added up over a longer time, over several people, or over those who do not exist', async () => {
    const world = await alertWorld()
    const ada = userId.generate()
    for (let n = 0; n < 8; n++) {
      await world.happens(failed(ada))
      await world.happens(failed(userId.generate()))
      await world.happens(failed(NOBODY))
      world.clock.advance(3 * 60_000 + 1)
    }
    expect(await raisedBy(world)).toEqual([])
  })

  it('are counted as configured', async () => {
    const world = await alertWorld({ failures: 1 })
    const ada = userId.generate()
    await world.happens(failed(ada))
    expect(await raisedBy(world)).toEqual([])
    await world.happens(failed(ada))
    expect(await raisedBy(world)).toEqual([['failed-sign-ins', ada, 2]])
  })
})

it('speaks of actions that there are', () => {
  expect(Object.keys(byAction).filter((action) => !isAction(action))).toEqual([])
})

describe('[DRP-15] what else raises an alert', () => {
  const [ada, key] = [userId.generate(), defineId('key').generate()]

  it.each([
    ['factor-removed', { action: 'totp.removed', target: ada }],
    ['factor-removed', { action: 'factors.reset', target: ada }],
    ['password-changed', { action: 'password.set', target: ada, after: { public: { replaced: true } } }],
    ['administrator-granted', { action: 'user.admin_granted', target: ada }],
    ['status-changed', { action: 'user.disabled', target: ada }],
    ['session-revoked', { action: 'session.ended', target: ada, after: { public: { reason: 'revoked' } } }],
    ['key-rotated', { action: 'master_key.rotated', target: 'master' }],
    ['api-key-leaked', { action: 'api_key.leaked', target: key }],
    ['token-replayed', { action: 'grant.revoked', target: 'grant', after: { public: { reason: 'replay' } } }],
    ['chain-broken', { action: 'audit.chain_broken', target: 'instance' }],
  ] as const)('%s: %j', async (rule, event) => {
    const world = await alertWorld()
    await world.happens(event)
    expect(await raisedBy(world)).toEqual([[rule, event.target]])
  })

  it.each([
    { action: 'password.set', target: ada, after: { public: { replaced: false } } },
    { action: 'user.created', target: ada },
    { action: 'session.ended', target: ada, after: { public: { reason: 'idle' } } },
    { action: 'grant.revoked', target: 'grant', after: { public: { reason: 'signed-out' } } },
    { action: 'sign_in.completed', target: ada },
  ] as const)('not %j', async (event) => {
    const world = await alertWorld()
    await world.happens(event)
    expect(await raisedBy(world)).toEqual([])
  })

  it('a role that an organisation is looked after with, in the log of that organisation; no other role', async () => {
    const world = await alertWorld()
    const { config, services, people, clock } = world
    const { orgs } = openCompanies({ config, services, people, clock })
    const person = await people.users.create(operator, { email: 'ada@example.test', name: 'Ada', emailVerified: true })
    if (!person.ok) throw new Error(person.error)
    const made = await orgs.organisations.create(operator, { name: 'Acme', slug: 'acme', template: 'basic' })
    if (!made.ok) throw new Error(`no organisation: ${made.error}`)
    const { id } = made.value
    await world.look()
    const added = await orgs.memberships.add(operator, instanceAuthority, id, person.value.id, ['member'])
    if (!added.ok) throw new Error('no membership')
    expect(await raisedBy(world)).toEqual([])
    const roles = await orgs.memberships.setRoles(operator, instanceAuthority, id, person.value.id, ['member', 'admin'])
    if (!roles.ok) throw new Error('no roles')
    expect(await raisedBy(world)).toEqual([['administrator-granted', person.value.id]])
    const [raised] = await world.raised()
    expect(raised?.org_id).toBe(defineId('org').toUuid(id))
    world.clock.advance(61 * 60_000)
    await orgs.memberships.suspend(operator, instanceAuthority, id, person.value.id)
    expect(await raisedBy(world)).toHaveLength(1)
    await orgs.memberships.readmit(operator, instanceAuthority, id, person.value.id)
    expect(await raisedBy(world)).toHaveLength(2)
  })

  it('only what is switched on', async () => {
    const world = await alertWorld({ rules: ['key-rotated'] })
    await world.happens({ action: 'user.disabled', target: ada })
    await world.happens({ action: 'key.revoked', target: key })
    expect(await raisedBy(world)).toEqual([['key-rotated', key]])
  })

  it('once, however often the follower is shown the same events', async () => {
    const world = await alertWorld()
    await world.happens({ action: 'user.disabled', target: ada })
    const { database } = world.services
    const again: typeof world.follower = world.follower
    await world.look()
    const rows = await world.raised()
    expect(rows).toHaveLength(1)
    await inInstance(database.owner, (tx) => again.take(tx, []))
    await world.happens({ action: 'user.disabled', target: ada })
    expect(await raisedBy(world)).toHaveLength(1)
  })
})

it('[DRP-15] neither the length of what it is about nor a time that is yet to come makes alerts silent', async () => {
  const world = await alertWorld()
  const ada = userId.generate()
  const long = 'x'.repeat(900)
  const admin = await world.database.superuser()
  const write = (target: string, at: Date) =>
    admin.query(
      `INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id)
       VALUES ($1, $2, 'totp.removed', 'system', 'x', 'person', $3)`,
      [v7(), at, target],
    )
  await write(long, world.clock.now())
  await write(ada, new Date('2199-01-01T00:00:00.000Z'))
  expect(await raisedBy(world)).toHaveLength(2)
  world.clock.advance(61 * 60_000)
  await world.happens({ action: 'totp.removed', target: ada })
  expect(await raisedBy(world)).toHaveLength(3)
})

it('[DRP-15] nor does a clock that was ahead, or one row that the database takes no alert of', async () => {
  const world = await alertWorld()
  const DAY = 24 * 60 * 60_000
  const broken = { action: 'audit.chain_broken', target: 'instance' } as const
  world.clock.advance(730 * DAY)
  await world.happens(broken)
  expect(await raisedBy(world)).toHaveLength(1)
  world.clock.advance(-730 * DAY)
  for (let n = 0; n < 3; n++) await world.happens(broken)
  expect(await raisedBy(world)).toHaveLength(2)

  const superuser = await world.database.superuser()
  await superuser.query(
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no' USING ERRCODE = '23514'; END $$",
  )
  await superuser.query(
    "CREATE TRIGGER refuse BEFORE INSERT ON alert_states FOR EACH ROW WHEN (NEW.subject LIKE 'usr_%') EXECUTE FUNCTION refuse()",
  )
  await world.happens({ action: 'factors.reset', target: userId.generate() })
  await world.happens({ action: 'key.revoked', target: 'key_1' })
  expect((await raisedBy(world)).map(([rule]) => rule).toSorted()).toEqual([
    'chain-broken',
    'chain-broken',
    'key-rotated',
  ])
  expect(world.log.text()).toContain('was refused by the database')
})

it('[DRP-15] an alert is about a person by their id, whatever a row calls its person', async () => {
  const world = await alertWorld()
  const ended = (user: string) =>
    world.happens({
      action: 'session.ended',
      target: 'ses_1',
      before: { public: { user } },
      after: { public: { reason: 'revoked' } },
    })
  await ended('x'.repeat(250_000))
  const ada = userId.generate()
  await ended(ada)
  expect((await raisedBy(world)).map(([, subject]) => subject)).toEqual(['ses_1', ada])
})

it('[DRP-15] whoever has a role becomes an administrator when it becomes one, and again when they are readmitted', async () => {
  const world = await alertWorld()
  const updated = (target: string, before: readonly string[], after: readonly string[]) =>
    world.happens({
      action: 'role.updated',
      target,
      before: { public: { permissions: { hearthkey: before } } },
      after: { public: { permissions: { hearthkey: after } } },
    })
  await updated('rol_1', ['members.read'], ['members.read', 'roles.assign'])
  await updated('rol_2', ['roles.assign'], ['members.read'])
  await updated('rol_3', ['members.read'], ['members.suspend'])
  expect(await raisedBy(world)).toEqual([['administrator-granted', 'rol_1']])
})
