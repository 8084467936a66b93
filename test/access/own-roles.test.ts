import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { OWN_API } from '../../src/access/permission.ts'
import { roleId } from '../../src/access/role.ts'
import { inOrganisation } from '../../src/db/transaction.ts'
import { arranging } from '../support/event-guard.ts'
import { eventually } from '../support/eventually.ts'
import { statementsDuring } from '../support/statements.ts'
import { accessWorld, by, orgId, userId } from './support.ts'

const reader = { key: 'reader', name: 'Reader', permissions: { [OWN_API]: ['members.read'] } }

const wrong = [
  [{ key: 'Reader' }, { reason: 'key-invalid' }],
  [{ key: '*' }, { reason: 'key-invalid' }],
  [{ name: ' ' }, { reason: 'name-invalid' }],
  [{ name: 'a\u202eb' }, { reason: 'name-invalid' }],
  [{ description: 'x'.repeat(501) }, { reason: 'description-invalid' }],
  [{ key: 'owner' }, { reason: 'key-taken' }],
  [{ mayAssign: ['nobody'] }, { reason: 'role-unknown', key: 'nobody' }],
  [{ permissions: { hearthkey: ['all'] } }, { reason: 'permission-unknown', api: 'hearthkey', permission: 'all' }],
  [{ permissions: { api_1: ['a'] } }, { reason: 'permission-unknown', api: 'api_1', permission: 'a' }],
  [
    { permissions: { constructor: ['name'] } },
    { reason: 'permission-unknown', api: 'constructor', permission: 'name' },
  ],
] as const

describe('a role of an organisation', () => {
  it('is made with an event of that organisation, listed there behind the built-in ones, and nowhere else', async () => {
    const { access, organisation, events } = await accessWorld()
    const [ours, theirs] = [await organisation(), await organisation()]
    const made = await access.create(by, instanceAuthority, ours, reader)
    expect(made).toMatchObject({ ok: true, value: { key: 'reader', organisation: ours, kept: false } })
    expect((await access.list(ours)).map(({ key }) => key)).toEqual(['owner', 'admin', 'member', 'reader'])
    expect((await access.list(theirs)).map(({ key }) => key)).toEqual(['owner', 'admin', 'member'])
    expect(await events('role.created')).toMatchObject([
      {},
      {},
      {},
      { organisation: ours, after: { key: 'reader', permissions: { hearthkey: ['members.read'] } } },
    ])
  })

  it('never allows or gives more than its maker may, and is changed and removed by nobody who may less', async () => {
    const { access, organisation, authorityOf } = await accessWorld()
    const ours = await organisation()
    const [admin, member] = [await authorityOf(ours, ['admin']), await authorityOf(ours, ['member'])]
    const create = (more: object, as = admin) => access.create(by, as, ours, { ...reader, ...more })
    expect(await create({}, member)).toEqual({ ok: false, error: { reason: 'forbidden' } })
    const beyond = { ok: false, error: { reason: 'beyond-own' } }
    expect(await create({ permissions: { [OWN_API]: ['organisation.manage'] } })).toEqual(beyond)
    expect(await create({ mayAssign: ['owner'] })).toEqual(beyond)
    expect(await create({ mayAssign: ['member'] })).toMatchObject({ ok: true })
    const allow = { [OWN_API]: ['organisation.manage'] }
    expect(await access.update(by, admin, ours, 'reader', { allow })).toEqual(beyond)
    expect(await access.update(by, instanceAuthority, ours, 'reader', { allow })).toMatchObject({ ok: true })
    // It is above the administrator now, who may not even take something from it.
    expect(await access.update(by, admin, ours, 'reader', { deny: allow })).toEqual(beyond)
    expect(await access.remove(by, admin, ours, 'reader')).toEqual(beyond)
  })

  it('is widened by nobody who bears it, nor past what they could give to those who have it', async () => {
    const { access, organisation, member, authorityOf } = await accessWorld()
    const ours = await organisation()
    const roles = { key: 'keeper', name: 'Keeper', permissions: { [OWN_API]: ['roles.manage', 'members.read'] } }
    await access.create(by, instanceAuthority, ours, roles)
    await access.create(by, instanceAuthority, ours, { ...reader, permissions: {} })
    const [keeper, admin] = [await authorityOf(ours, ['keeper']), await authorityOf(ours, ['admin'])]
    const widen = (as: typeof admin, more: object = { allow: { [OWN_API]: ['members.read'] } }) =>
      access.update(by, as, ours, 'reader', more)
    const refused = (reason: string) => ({ ok: false, error: { reason } })
    expect((await widen(keeper)).ok, 'nobody has it').toBe(true)
    await widen(keeper, { deny: { [OWN_API]: ['members.read'] } })
    await member(ours, ['reader'])
    expect(await widen(keeper), 'roles.manage alone raises nobody').toEqual(refused('widens-held'))
    expect((await widen(keeper, { name: 'Looks' })).ok, 'a name is no rise').toBe(true)
    expect((await widen(admin)).ok, 'whoever could give it may').toBe(true)
    expect((await widen(keeper, { deny: { [OWN_API]: ['members.read'] } })).ok, 'less is no rise').toBe(true)

    const both = await authorityOf(ours, ['admin', 'reader'])
    expect(await widen(both)).toEqual(refused('widens-own'))
    expect(await widen(both, { mayAssign: ['member'] })).toEqual(refused('widens-own'))
    expect((await widen(instanceAuthority)).ok).toBe(true)
  })

  it('says no more than that it is beyond them to whoever is suspended, or whose organisation is', async () => {
    const { access, organisation, database } = await accessWorld()
    const ours = await organisation()
    const owner = (await access.list(ours)).filter(({ key }) => key === 'owner').map(({ id }) => id)
    const authority = (status: 'active' | 'suspended', of: 'active' | 'suspended') =>
      inOrganisation(database.app, ours, (tx) =>
        access.authorityIn(tx, { organisation: { status: of }, status, roles: owner }),
      )
    expect((await authority('active', 'active')).allows('roles.manage')).toBe(true)
    expect((await authority('suspended', 'active')).allows('roles.manage')).toBe(false)
    expect((await authority('active', 'suspended')).allows('roles.manage')).toBe(false)
  })

  it('is refused for what is wrong with it', async () => {
    const { access, organisation } = await accessWorld()
    const ours = await organisation()
    for (const [more, error] of wrong)
      expect(await access.create(by, instanceAuthority, ours, { ...reader, ...more })).toEqual({ ok: false, error })
  })

  it('is not made twice, nor where there is no organisation', async () => {
    const { access, organisation } = await accessWorld()
    const ours = await organisation()
    expect(await access.create(by, instanceAuthority, ours, reader)).toMatchObject({ ok: true })
    expect(await access.create(by, instanceAuthority, ours, reader)).toEqual({
      ok: false,
      error: { reason: 'key-taken' },
    })
    expect(await access.create(by, instanceAuthority, orgId.generate(), reader)).toEqual({
      ok: false,
      error: { reason: 'organisation-unknown' },
    })
  })

  it('loses and gains what is said, with what it was in the event; services are told only of what it loses', async () => {
    const { access, organisation, events, services } = await accessWorld()
    const ours = await organisation()
    await access.create(by, instanceAuthority, ours, reader)
    const announced = async () => {
      const page = await services.revocations.since(undefined, 10)
      return page.ok ? page.value.entries : []
    }
    const more = { allow: { [OWN_API]: ['roles.read'] }, mayAssign: ['member'], name: 'Looks' }
    expect(await access.update(by, instanceAuthority, ours, 'reader', more)).toMatchObject({
      value: { name: 'Looks', permissions: { [OWN_API]: ['members.read', 'roles.read'] }, mayAssign: ['member'] },
    })
    expect(await announced()).toEqual([])
    const deny = { [OWN_API]: ['members.read'] }
    expect(await access.update(by, instanceAuthority, ours, 'reader', { deny })).toMatchObject({ ok: true })
    expect(await announced()).toMatchObject([{ organisation: ours, reason: 'role-changed' }])
    expect(await access.update(by, instanceAuthority, ours, 'reader', { deny })).toMatchObject({ ok: true })
    expect(await events('role.updated')).toMatchObject([
      { before: { name: 'Reader' }, after: { name: 'Looks' }, organisation: ours },
      {
        before: { permissions: { hearthkey: ['members.read', 'roles.read'] } },
        after: { permissions: { hearthkey: ['roles.read'] } },
      },
    ])
  })

  it('is not removed while somebody has it, and is named by nothing afterwards', async () => {
    const { access, organisation, member, database, events } = await accessWorld()
    const ours = await organisation()
    await access.create(by, instanceAuthority, ours, reader)
    const giver = {
      key: 'giver',
      name: 'Giver',
      permissions: { [OWN_API]: ['roles.assign'] },
      mayAssign: ['reader', 'member'],
    }
    await access.create(by, instanceAuthority, ours, giver)
    const somebody = await member(ours, ['reader'])
    expect(await access.remove(by, instanceAuthority, ours, 'reader')).toEqual({
      ok: false,
      error: { reason: 'held', by: [somebody] },
    })
    await inOrganisation(database.app, ours, async (tx) => {
      await arranging(tx)
      await sql`UPDATE memberships SET status = 'removed', removed_at = now() WHERE member_id = ${userId.toUuid(somebody)}`.execute(
        tx,
      )
    })
    const removed = await access.remove(by, instanceAuthority, ours, 'reader')
    if (!removed.ok) throw new Error(removed.error.reason)
    expect((await access.list(ours)).map(({ key, mayAssign }) => [key, ...mayAssign])).toContainEqual([
      'giver',
      'member',
    ])
    expect((await access.list(ours)).map(({ key }) => key)).not.toContain('reader')
    const look = (ids: (typeof removed.value.id)[]) =>
      inOrganisation(database.app, ours, (tx) => access.rolesFor(tx, ids))
    expect(await look([removed.value.id])).toEqual([])
    expect(await inOrganisation(database.app, ours, (tx) => access.rolesNamed(tx, 'basic', ['reader']))).toEqual({
      ok: false,
      error: { unknown: ['reader'] },
    })
    expect(await events('role.removed')).toMatchObject([{ target: removed.value.id, organisation: ours }])
    expect(await access.remove(by, instanceAuthority, ours, 'reader')).toEqual({
      ok: false,
      error: { reason: 'not-found' },
    })
    // The key may be used again, for another role.
    expect(await access.create(by, instanceAuthority, ours, reader)).toMatchObject({ ok: true })
  })

  it('waits with its removal for whoever is being given it', async () => {
    const { access, organisation, member, database } = await accessWorld()
    const ours = await organisation()
    await access.create(by, instanceAuthority, ours, reader)
    const somebody = await member(ours, ['member'])
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>()
    const { promise: given, resolve: isGiven } = Promise.withResolvers<void>()
    const giving = inOrganisation(database.app, ours, async (tx) => {
      await arranging(tx)
      const named = await access.rolesNamed(tx, 'basic', ['reader'])
      isGiven()
      await mayEnd
      if (!named.ok || !named.value[0]) throw new Error('unknown')
      await sql`INSERT INTO membership_roles VALUES (${orgId.toUuid(ours)}, ${userId.toUuid(somebody)}, ${roleId.toUuid(named.value[0].id)}, now())`.execute(
        tx,
      )
    })
    await given
    const removing = access.remove(by, instanceAuthority, ours, 'reader')
    const waits = await database.superuser()
    const waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    await eventually(async () => (await waits.query(waiting)).rows[0])
    end()
    await giving
    expect(await removing).toEqual({ ok: false, error: { reason: 'held', by: [somebody] } })
  })

  it('built in, is changed and removed by nobody', async () => {
    const { access, organisation } = await accessWorld()
    const ours = await organisation()
    const refused = { ok: false, error: { reason: 'built-in' } }
    expect(await access.update(by, instanceAuthority, ours, 'member', { name: 'Mine' })).toEqual(refused)
    expect(await access.remove(by, instanceAuthority, ours, 'member')).toEqual(refused)
  })
})

describe('roles for a token', () => {
  it('are read once, and anew when one of them has changed, on whichever instance', async () => {
    const { access, organisation, database } = await accessWorld()
    const ours = await organisation()
    const made = await access.create(by, instanceAuthority, ours, reader)
    if (!made.ok) throw new Error(made.error.reason)
    const member = (await access.list(ours)).find(({ key }) => key === 'member')
    const ids = [made.value.id, ...(member ? [member.id] : [])]
    const look = () => inOrganisation(database.app, ours, (tx) => access.rolesFor(tx, ids))
    const asked = async () => (await statementsDuring(look)).filter((text) => text.includes('from "roles"')).length
    // Nothing is kept before whoever keeps it hears of changes.
    await eventually(async () => (await asked()) === 0 || undefined)
    expect(await asked()).toBe(0)
    expect((await look()).map(({ key }) => key)).toEqual(['reader', 'member'])
    await access.update(by, instanceAuthority, ours, 'reader', { allow: { [OWN_API]: ['roles.read'] } })
    await eventually(async () => (await look())[0]?.permissions[OWN_API]?.includes('roles.read') || undefined)
  })

  it('[TOS-3] never come from another organisation: no membership can name its role', async () => {
    const { access, organisation, member, database } = await accessWorld()
    const [ours, theirs] = [await organisation(), await organisation()]
    const made = await access.create(by, instanceAuthority, theirs, { ...reader, key: 'theirs' })
    if (!made.ok) throw new Error(made.error.reason)
    const somebody = await member(ours, ['member'])
    const take = inOrganisation(database.app, ours, async (tx) => {
      await arranging(tx)
      await sql`INSERT INTO membership_roles VALUES (${orgId.toUuid(ours)}, ${userId.toUuid(somebody)}, ${roleId.toUuid(made.value.id)}, now())`.execute(
        tx,
      )
    })
    await expect(take).rejects.toThrow(/row-level security/)
    expect(
      await inOrganisation(database.app, ours, (tx) => access.rolesNamed(tx, 'basic', ['member', 'theirs'])),
    ).toEqual({ ok: false, error: { unknown: ['theirs'] } })
  })
})
