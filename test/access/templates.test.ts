import { describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { allPermissions, can, covers } from '../../src/access/can.ts'
import { mayAssign } from '../../src/access/ceiling.ts'
import { OWN_API, type OwnPermission, ownPermissions } from '../../src/access/permission.ts'
import { type Role, roleId } from '../../src/access/role.ts'
import { templateNamed, templates } from '../../src/access/templates/all.ts'
import { defineTemplate, everythingHere } from '../../src/access/templates/template.ts'
import { ensureDefaultRoles } from '../../src/instance/access.ts'
import { frozenClock } from '../support/clock.ts'
import { eventually } from '../support/eventually.ts'
import { captureLog } from '../support/log.ts'
import { accessWorld, by } from './support.ts'

const audience = 'https://api.example.com'
const API = 'api_1'

/** Its roles as they are once it is applied to an API, by key. */
function rolesOf(name: string): Map<string, Role> {
  const template = templateNamed(name)
  if (!template) throw new Error(`no template ${name}`)
  const made = template.roles.map((role): [string, Role] => [
    role.key,
    {
      ...role,
      id: roleId.generate(),
      organisation: undefined,
      template: name,
      permissions: { [API]: role.permissions, [OWN_API]: role.own },
    },
  ])
  return new Map(made)
}
const keysOf = (name: string) => [...rolesOf(name).keys()]
const has = (name: string, key: string) => {
  const role = rolesOf(name).get(key)
  if (!role) throw new Error(`no role ${key}`)
  return role
}
const may = (name: string, key: string, permission: string, api = API) => can([has(name, key)], permission, api)
const reachesFurther = (name: string, key: string, than: string) =>
  covers(has(name, key).permissions, has(name, than).permissions) &&
  !covers(has(name, than).permissions, has(name, key).permissions)

describe('every template', () => {
  it.each(templates.map(({ key }) => key))('%s: whoever must stay can do all here, and give every role', (name) => {
    const kept = [...rolesOf(name).values()].filter((role) => role.kept)
    expect(kept).toHaveLength(1)
    for (const role of rolesOf(name).values()) expect(mayAssign(kept, role)).toBe(true)
    expect(everythingHere.every((permission) => can(kept, permission))).toBe(true)
    expect([...everythingHere].sort()).toEqual(Object.keys(ownPermissions).sort())
  })

  it.each(templates.map(({ key }) => key))('%s: nobody gives a role that gives what they could not', (name) => {
    const roles = [...rolesOf(name).values()]
    for (const giver of roles)
      for (const given of roles.filter((role) => mayAssign([giver], role)))
        for (const further of roles.filter((role) => mayAssign([given], role)))
          expect([giver.key, further.key, mayAssign([giver], further)]).toEqual([giver.key, further.key, true])
  })

  it('has a key that no other has, and every permission in some role', () => {
    expect(new Set(templates.map(({ key }) => key)).size).toBe(templates.length)
    for (const { key, api } of templates)
      expect(allPermissions([...rolesOf(key).values()])[API] ?? []).toEqual(Object.keys(api?.permissions ?? {}).sort())
  })

  it.each([
    ['a role that must stay', { kept: undefined }],
    ['roles.assign for giving', { own: [] satisfies OwnPermission[] }],
    ['only roles that there are', { mayAssign: ['nobody'] }],
    ['keys that a token can carry', { key: 'No Key' }],
  ])('must have %s', (_, more) => {
    const role = {
      key: 'one',
      name: 'One',
      description: 'One.',
      permissions: [],
      own: everythingHere,
      mayAssign: ['one'],
    }
    const written = { ...role, kept: true as const, ...more }
    const template = (one: object) => () => defineTemplate({ key: 't', name: 'T', roles: [{ ...role, ...one }] })
    expect(template({ kept: true })).not.toThrow()
    expect(template(written)).toThrow()
  })
})

describe('the roles of the products', () => {
  it('[MON-10] Monetro: viewer, member, manager, admin, each with all of the one before and more', () => {
    const chain = ['viewer', 'member', 'manager', 'admin']
    expect(keysOf('monetro').sort()).toEqual([...chain].sort())
    for (const [index, key] of chain.slice(1).entries())
      expect([key, reachesFurther('monetro', key, chain[index] ?? '')]).toEqual([key, true])
    expect(may('monetro', 'viewer', 'invoices:write')).toBe(false)
    expect(may('monetro', 'manager', 'members.remove', OWN_API)).toBe(true)
  })

  it('[STO-7] Storno: 40 permissions and more over Owner, Admin, Accountant, Viewer', () => {
    expect(keysOf('storno')).toEqual(['owner', 'admin', 'accountant', 'viewer'])
    expect(Object.keys(templateNamed('storno')?.api?.permissions ?? {}).length).toBeGreaterThanOrEqual(40)
    expect(reachesFurther('storno', 'owner', 'admin')).toBe(true)
    expect(reachesFurther('storno', 'admin', 'accountant')).toBe(true)
    expect(reachesFurther('storno', 'admin', 'viewer')).toBe(true)
    expect([may('storno', 'admin', 'company:delete'), may('storno', 'owner', 'company:delete')]).toEqual([false, true])
    expect([may('storno', 'accountant', 'taxes:submit'), may('storno', 'accountant', 'settings:manage')]).toEqual([
      true,
      false,
    ])
    expect([may('storno', 'viewer', 'invoices:read'), may('storno', 'viewer', 'invoices:issue')]).toEqual([true, false])
  })

  it('[TOS-2] Toster: eleven roles that differ, and one of them is for programs alone', () => {
    expect(keysOf('toster')).toEqual([
      'owner',
      'manager',
      'operator',
      'cook',
      'packer',
      'courier',
      'cashier',
      'marketing',
      'accountant',
      'hr',
      'api-only',
    ])
    const roles = [...rolesOf('toster').values()]
    expect(new Set(roles.map(({ permissions }) => JSON.stringify(permissions))).size).toBe(11)
    expect(roles.filter(({ apiOnly }) => apiOnly).map(({ key }) => key)).toEqual(['api-only'])
    expect(has('toster', 'api-only').permissions[OWN_API]).toEqual([])
    expect([may('toster', 'courier', 'deliveries:own'), may('toster', 'courier', 'deliveries:read')]).toEqual([
      true,
      false,
    ])
    expect([
      may('toster', 'cashier', 'till:sell'),
      may('toster', 'cashier', 'till:refund'),
      may('toster', 'manager', 'till:refund'),
    ]).toEqual([true, false, true])
    expect([may('toster', 'hr', 'wages:write'), may('toster', 'manager', 'wages:write')]).toEqual([true, false])
    expect(mayAssign([has('toster', 'hr')], has('toster', 'manager'))).toBe(false)
  })

  it('[DRP-6] Drop: whoever owns a payment sees it by one permission, whoever watches over all by another', () => {
    expect(keysOf('drop').sort()).toEqual(['admin', 'compliance', 'merchant', 'user'])
    for (const key of ['user', 'merchant'])
      expect([may('drop', key, 'payments:own'), may('drop', key, 'payments:all')]).toEqual([true, false])
    expect([may('drop', 'compliance', 'payments:all'), may('drop', 'compliance', 'payments:send')]).toEqual([
      true,
      false,
    ])
    expect([may('drop', 'admin', 'verifications:decide'), may('drop', 'compliance', 'verifications:decide')]).toEqual([
      false,
      true,
    ])
  })

  it('[MOS-6] Money OS: owner, admin, editor, viewer of a workspace, each with all of the one before and more', () => {
    const chain = ['viewer', 'editor', 'admin', 'owner']
    for (const [index, key] of chain.slice(1).entries())
      expect([key, reachesFurther('money-os', key, chain[index] ?? '')]).toEqual([key, true])
  })

  it('[MOS-5] Money OS: an admin may say what members prove at sign-in, an editor may not', () => {
    const decides = (key: string) => may('money-os', key, 'organisation.manage', OWN_API)
    expect(['owner', 'admin', 'editor', 'viewer'].map(decides)).toEqual([true, true, false, false])
  })
})

describe('a template that is applied', () => {
  it('makes the API with its permissions and the roles that give them, with one event each, and is done after that', async () => {
    const { access, apis, organisation, events } = await accessWorld()
    const before = (await events('role.created')).length
    const done = await access.apply(by, 'storno', audience)
    if (!done.ok) throw new Error(done.error.reason)
    const api = await apis.find(audience)
    expect(api).toMatchObject({ id: done.value.api?.id, byRole: true })
    expect(api?.scopes.length).toBeGreaterThanOrEqual(40)
    expect(done.value.created.map(({ key }) => key)).toEqual(['owner', 'admin', 'accountant', 'viewer'])
    const ours = await organisation('storno')
    const owner = (await access.list(ours)).filter(({ key }) => key === 'owner')
    expect(can(owner, 'company:delete', api?.id)).toBe(true)
    expect((await events('role.created')).slice(before)).toHaveLength(4)
    expect((await events('api.created')).map(({ target }) => target)).toEqual([api?.id])

    const again = await access.apply(by, 'storno', audience)
    expect(again).toMatchObject({ value: { created: [], updated: [] } })
    expect([(await events('role.updated')).length, (await events('api.updated')).length]).toEqual([0, 0])
  })

  it('gives an API that is there what it lacks, and takes nothing away; a second API leaves the first as it was', async () => {
    const { access, apis, events } = await accessWorld()
    await apis.create(by, { audience, name: 'Mine', scopes: ['mine:read', 'invoices:read'] })
    await access.apply(by, 'monetro')
    const done = await access.apply(by, 'monetro', audience)
    expect(done).toMatchObject({ value: { created: [], updated: [{}, {}, {}, {}] } })
    const api = await apis.find(audience)
    expect(api).toMatchObject({ name: 'Mine', byRole: true })
    expect(api?.scopes).toEqual(expect.arrayContaining(['mine:read', 'invoices:read', 'payments:refund']))
    expect(await events('api.updated')).toMatchObject([{ before: { scopes: ['mine:read', 'invoices:read'] } }])
    const second = await access.apply(by, 'monetro', 'https://trial.example.com')
    if (!second.ok || !api) throw new Error('not applied')
    expect(second.value.updated.every((role) => can([role], 'invoices:read', api.id))).toBe(true)
  })

  it('is refused where it is none, has no API, or what it is to be applied to is none', async () => {
    const { access } = await accessWorld()
    const refused = (reason: string) => ({ ok: false, error: { reason } })
    expect(await access.apply(by, 'nothing')).toEqual(refused('template-unknown'))
    expect(await access.apply(by, 'basic', audience)).toEqual(refused('template-without-api'))
    expect(await access.apply(by, 'storno', 'no audience')).toEqual(refused('audience-invalid'))
  })

  it('is made once by two who apply it at the same time', async () => {
    const { access, events } = await accessWorld()
    const before = (await events('role.created')).length
    const both = await Promise.all([access.apply(by, 'drop'), access.apply(by, 'drop')])
    expect(both.map((done) => done.ok && done.value.created.length).sort()).toEqual([0, 4])
    expect((await events('role.created')).length - before).toBe(4)
  })

  it('tells services that tokens are dead where a role lost something, organisation by organisation', async () => {
    const { access, organisation, database, services } = await accessWorld()
    const [ours] = [await organisation(), await organisation('drop')]
    const superuser = await database.superuser()
    await superuser.query("SET hearthkey.test_arranges = 'yes'")
    await superuser.query(
      `UPDATE roles SET permissions = '{"hearthkey": ["members.read", "audit.read"]}' WHERE template = 'basic' AND key = 'member'`,
    )
    expect(await access.apply(by, 'basic')).toMatchObject({ value: { updated: [{ key: 'member' }] } })
    const page = await services.revocations.since(undefined, 10)
    expect(page.ok && page.value.entries).toMatchObject([{ organisation: ours, reason: 'role-changed' }])
  })

  it('does not take the name of a role that an organisation made itself, and changes the rest all the same', async () => {
    const { access, organisation, database, services } = await accessWorld()
    const ours = await organisation()
    const superuser = await database.superuser()
    await superuser.query("SET hearthkey.test_arranges = 'yes'")
    await superuser.query(`DELETE FROM roles WHERE template = 'basic' AND key = 'member'`)
    await superuser.query(
      `UPDATE roles SET permissions = '{"hearthkey": ["audit.read", "roles.read", "roles.manage"]}' WHERE template = 'basic' AND key = 'admin'`,
    )
    await access.create(by, instanceAuthority, ours, { key: 'member', name: 'Ours', permissions: {} })
    const applied = await access.apply(by, 'basic')
    expect(applied).toMatchObject({ ok: true, value: { created: [], skipped: [{ key: 'member' }] } })
    expect(applied.ok && applied.value.updated.map(({ key }) => key)).toEqual(['owner', 'admin'])
    const roles = await access.list(ours)
    expect(roles.filter(({ key }) => key === 'member')).toMatchObject([{ organisation: ours }])
    const admin = roles.filter(({ key }) => key === 'admin')
    expect(admin[0]?.permissions[OWN_API], 'as the release says').toContain('members.invite')
    // By its key they would give what their organisation has made of it.
    expect(admin[0]?.mayAssign).not.toContain('member')
    const { log, lines } = captureLog()
    await ensureDefaultRoles({ services, clock: frozenClock(), actor: { kind: 'system', id: 'test' }, log })
    expect(lines(), 'the operator reads of it, at every start').toMatchObject([{ level: 'warn', role: 'member' }])

    expect((await access.remove(by, instanceAuthority, ours, 'member')).ok).toBe(true)
    expect(await access.apply(by, 'basic')).toMatchObject({ value: { created: [{ key: 'member' }], skipped: [] } })
    expect((await access.list(ours)).find(({ key }) => key === 'admin')?.mayAssign).toContain('member')
  })

  it.each(['a template', 'an organisation'])(
    'a new key belongs to one, and where %s is first to the other no more',
    async (first) => {
      const { access, organisation, database } = await accessWorld()
      const ours = await organisation('drop')
      const superuser = await database.superuser()
      const waiting = (count: number) =>
        eventually(async () => {
          const waits = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
          return (await superuser.query(waits)).rows.length >= count || undefined
        })
      // Both are under way before either may look, in this order.
      await superuser.query('SELECT pg_advisory_lock(1751867747, 1)')
      const apply = () => access.apply(by, 'drop')
      const create = () =>
        access.create(by, instanceAuthority, ours, { key: 'merchant', name: 'Ours', permissions: {} })
      const begun = first === 'a template' ? [apply(), waiting(1).then(create)] : [create(), waiting(1).then(apply)]
      await waiting(2)
      await superuser.query('SELECT pg_advisory_unlock(1751867747, 1)')
      await Promise.all(begun)
      expect((await access.list(ours)).filter(({ key }) => key === 'merchant')).toHaveLength(1)
    },
  )

  it('called basic, is there after every start', async () => {
    const { access, organisation } = await accessWorld()
    expect((await access.list(await organisation())).map(({ key }) => key)).toEqual(['owner', 'admin', 'member'])
  })
})
