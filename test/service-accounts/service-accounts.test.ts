import { describe, expect, it } from 'vitest'
import { registryOf } from '../../src/instance/registry.ts'
import { orgId } from '../../src/orgs/org.ts'
import { instanceAuthority, ip, type KeysWorld, keysWorld, operator } from '../api-keys/support.ts'
import { testConfig } from '../support/config.ts'

async function program(world: KeysWorld, roles: readonly string[] = ['member']) {
  const { org, owner } = await world.company()
  const authority = await world.authorityOf(org, owner)
  const made = await world.serviceAccounts.create(world.as(owner), authority, {
    organisation: org,
    name: 'importer',
    roles,
  })
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  const account = made.value
  const key = await world.apiKeys.create(world.as(owner), authority, {
    organisation: org,
    owner: account.id,
    name: 'nightly',
    permissions: 'admin',
  })
  if (!key.ok) throw new Error(key.error.reason)
  return {
    org,
    owner,
    authority,
    account,
    at: { organisation: org, id: account.id },
    secret: key.value.secret.reveal(),
  }
}

describe('a service account', () => {
  it('is a member with roles, and its key may do what these allow', async () => {
    const world = await keysWorld()
    const { org, account, secret } = await program(world)
    expect(await world.keysOf(org, account.id)).toEqual(['member'])
    expect(await world.apiKeys.verify(secret, { ip })).toMatchObject({
      ok: true,
      value: {
        owner: account.id,
        roles: ['member'],
        permissions: { hearthkey: expect.arrayContaining(['members.read']) },
      },
    })
    expect((await world.serviceAccounts.list({ organisation: org, limit: 10 })).map(({ name }) => name)).toEqual([
      'importer',
    ])
  })

  it('is told of, as is its key, to whoever may look after programs there, and to nobody else', async () => {
    const world = await keysWorld()
    const { org } = await program(world)
    const told = await world.letters()
    expect(told.map(({ message, name }) => [message, name])).toEqual([
      ['program-created', 'Olga Owner'],
      ['program-key-created', 'Olga Owner'],
    ])
    for (const words of ['importer', 'Acme', 'Member']) expect(told[0]?.text).toContain(words)
    for (const words of ['nightly (…', 'importer', 'Acme']) expect(told[1]?.text).toContain(words)
    await world.join(org, ['member'])
    const before = (await world.letters()).length
    const wish = { organisation: org, name: 'x', roles: ['unheard-of'] }
    expect((await world.serviceAccounts.create(operator, instanceAuthority, wish)).ok).toBe(false)
    expect(await world.letters(), 'what was refused is not told of').toHaveLength(before)
  })

  it('threat 7: disabled, its key is refused at the next use and its tokens are announced; enabled, it works again', async () => {
    const world = await keysWorld()
    const { owner, authority, at, account, secret } = await program(world)
    expect((await world.serviceAccounts.disable(world.as(owner), authority, at)).ok).toBe(true)
    expect(await world.verdict(secret)).toBe('owner-not-active')
    expect(await world.announced()).toEqual([{ sub: account.id, reason: 'service-account-disabled' }])
    expect(await world.serviceAccounts.disable(world.as(owner), authority, at)).toEqual({ ok: false, error: 'already' })
    await world.serviceAccounts.enable(world.as(owner), authority, at)
    expect(await world.verdict(secret)).toBe('stands')
  })

  it('disabled at home is refused in every other organisation that it works for', async () => {
    const world = await keysWorld()
    const { authority, owner, at, account } = await program(world)
    const other = await world.company('other')
    await world.memberships.add(operator, instanceAuthority, other.org, account.id, ['member'])
    const wish = { organisation: other.org, owner: account.id, name: 'abroad', permissions: 'admin' } as const
    const made = await world.apiKeys.create(operator, instanceAuthority, wish)
    if (!made.ok) throw new Error(made.error.reason)
    const secret = made.value.secret.reveal()
    expect(await world.verdict(secret)).toBe('stands')
    await world.serviceAccounts.disable(world.as(owner), authority, at)
    expect(await world.verdict(secret)).toBe('owner-not-active')
  })

  it('removed is gone from every list and look-up, with its keys, for good; the row stays for the log', async () => {
    const world = await keysWorld()
    const { org, owner, authority, at, account, secret } = await program(world)
    expect((await world.serviceAccounts.remove(world.as(owner), authority, at)).ok).toBe(true)
    expect(await world.verdict(secret)).toBe('revoked')
    expect(await world.serviceAccounts.find(account.id)).toBeUndefined()
    expect(await world.serviceAccounts.list({ organisation: org, limit: 10 })).toEqual([])
    expect(await world.serviceAccounts.enable(world.as(owner), authority, at)).toEqual({
      ok: false,
      error: 'not-found',
    })
    expect(await world.keysOf(org, account.id)).toBeUndefined()
    expect(await world.count('service_accounts')).toBe(1)
  })

  it('removed works nowhere: its memberships and keys elsewhere end with it, each announced there', async () => {
    const world = await keysWorld()
    const { org, owner, authority, at, account } = await program(world)
    const other = await world.company('other')
    await world.memberships.add(operator, instanceAuthority, other.org, account.id, ['owner'])
    const wish = { organisation: other.org, owner: account.id, name: 'abroad', permissions: 'admin' } as const
    const made = await world.apiKeys.create(operator, instanceAuthority, wish)
    if (!made.ok) throw new Error(made.error.reason)
    expect((await world.serviceAccounts.remove(world.as(owner), authority, at)).ok).toBe(true)
    expect(await world.verdict(made.value.secret.reveal())).toBe('revoked')
    for (const id of [org, other.org]) expect(await world.keysOf(id, account.id)).toBeUndefined()
    const announced = await world.announced()
    for (const organisation of [org, other.org])
      expect(announced).toContainEqual({ sub: account.id, organisation, reason: 'membership-removed' })
    expect(announced).toContainEqual({
      apiKey: made.value.key.id,
      organisation: other.org,
      reason: 'key-owner-ended',
    })
    expect(announced.at(-1)).toEqual({ sub: account.id, reason: 'service-account-removed' })
    const removed = (await world.events()).filter(({ action }) => action === 'membership.removed')
    expect(removed.map(({ organisation }) => organisation).sort()).toEqual([org, other.org].map(orgId.toUuid).sort())
  })

  it('removed works nowhere, however many organisations it worked for', { timeout: 120_000 }, async () => {
    const world = await keysWorld()
    const { org, owner, authority, at, account } = await program(world)
    const admin = await world.database.superuser()
    await admin.query('SET session_replication_role = replica')
    await admin.query(`INSERT INTO organisations (id, slug, name, status, template, policy, settings, created_at)
      SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'o-' || n, 'O', 'active', 'basic', '{}', '{}', now()
      FROM generate_series(1, 510) n`)
    const there = `INSERT INTO memberships (org_id, member_id, member_kind, status, joined_at)
      SELECT id, $1, 'service', 'active', now() FROM organisations WHERE slug LIKE 'o-%'`
    await admin.query(there, [account.id.replace('sva_', '')])
    expect((await world.serviceAccounts.remove(world.as(owner), authority, at)).ok).toBe(true)
    const left = `SELECT FROM memberships WHERE member_id = $1 AND status <> 'removed'`
    expect((await admin.query(left, [account.id.replace('sva_', '')])).rows).toEqual([])
    expect(await world.keysOf(org, account.id)).toBeUndefined()
  })

  it('is removed in one step: whatever fails in the last of it leaves it as it was', async () => {
    const world = await keysWorld()
    const { org, owner, authority, at, account, secret } = await program(world)
    const admin = await world.database.superuser()
    await admin.query(`CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no more'; END $$`)
    await admin.query(
      'CREATE TRIGGER no_more BEFORE UPDATE ON service_accounts FOR EACH ROW EXECUTE FUNCTION no_more()',
    )
    await expect(world.serviceAccounts.remove(world.as(owner), authority, at)).rejects.toThrow('no more')
    expect(await world.keysOf(org, account.id)).toEqual(['member'])
    expect(await world.verdict(secret)).toBe('stands')
    expect(await world.announced()).toEqual([])
  })

  it('ends with the organisation that looks after it, with its memberships and keys in every other', async () => {
    const world = await keysWorld()
    const { org, account, secret } = await program(world)
    const other = await world.company('other')
    await world.memberships.add(operator, instanceAuthority, other.org, account.id, ['owner'])
    const wish = { organisation: other.org, owner: account.id, name: 'abroad', permissions: 'admin' } as const
    const made = await world.apiKeys.create(operator, instanceAuthority, wish)
    if (!made.ok) throw new Error(made.error.reason)
    const theirs = await world.serviceAccounts.create(operator, instanceAuthority, { ...wish, roles: ['member'] })
    expect(theirs.ok && (await world.memberships.add(operator, instanceAuthority, org, theirs.value.id, [])).ok).toBe(
      true,
    )
    expect((await world.organisations.remove(operator, org)).ok).toBe(true)
    expect(await world.serviceAccounts.find(account.id)).toBeUndefined()
    expect(await world.keysOf(other.org, account.id)).toBeUndefined()
    for (const key of [secret, made.value.secret.reveal()]) expect(await world.verdict(key)).toBe('revoked')
    expect((await world.apiKeys.create(operator, instanceAuthority, wish)).ok).toBe(false)
    const announced = await world.announced()
    expect(announced).toContainEqual({ sub: account.id, organisation: other.org, reason: 'membership-removed' })
    expect(announced).toContainEqual({ sub: account.id, reason: 'service-account-removed' })
    expect(announced.at(-1)).toEqual({ organisation: org, reason: 'organisation-deleted' })
    const [left] = await world.serviceAccounts.list({ organisation: other.org, limit: 10 })
    expect(left, 'of another organisation').toMatchObject({ name: 'abroad', status: 'active' })
  })

  it('ends with its organisation in one step, and beside others that end: none waits for one that waits for it', async () => {
    const world = await keysWorld()
    const homes = []
    for (const slug of ['aa', 'bb', 'cc', 'dd']) homes.push((await world.company(slug)).org)
    const accounts = await Promise.all(homes.map((home) => world.program(home)))
    for (const account of accounts)
      for (const org of homes) await world.memberships.add(operator, instanceAuthority, org, account, ['member'])
    const [first, ...rest] = homes.map((organisation, n) => ({ organisation, id: accounts[n] }))
    if (first?.id === undefined) throw new Error('there are four')
    const done = await Promise.all([
      ...rest.map(({ organisation }) => world.organisations.remove(operator, organisation)),
      world.serviceAccounts.remove(operator, instanceAuthority, { organisation: first.organisation, id: first.id }),
    ])
    expect(done.map(({ ok }) => ok)).toEqual([true, true, true, true])
    for (const account of accounts) expect(await world.serviceAccounts.find(account)).toBeUndefined()
    const members = await world.memberships.list({ org: first.organisation, limit: 10, kind: 'service' })
    expect(members).toEqual([])
  })

  it('of an organisation that is gone is found, disabled and removed by its id', async () => {
    const world = await keysWorld()
    const { org, at, account } = await program(world)
    const other = await world.company('other')
    await world.memberships.add(operator, instanceAuthority, other.org, account.id, ['member'])
    const admin = await world.database.superuser()
    await admin.query('SET session_replication_role = replica')
    await admin.query(`UPDATE organisations SET status = 'deleted', deleted_at = now() WHERE id = $1`, [
      orgId.toUuid(org),
    ])
    expect(await world.serviceAccounts.find(account.id)).toMatchObject({ organisation: org })
    expect((await world.serviceAccounts.disable(operator, instanceAuthority, at)).ok).toBe(true)
    expect((await world.serviceAccounts.remove(operator, instanceAuthority, at)).ok).toBe(true)
    expect(await world.keysOf(other.org, account.id)).toBeUndefined()
  })

  it('is made by whoever may, with roles that they may give, and touched by nobody who could not have given them', async () => {
    const world = await keysWorld()
    const { org, at } = await program(world, ['owner'])
    const [admin, member] = [await world.join(org, ['admin']), await world.join(org, ['member'])]
    const [admins, members] = [await world.authorityOf(org, admin), await world.authorityOf(org, member)]
    const wish = { organisation: org, name: 'x', roles: ['member'] }
    const { serviceAccounts, as, apiKeys } = world
    expect(await serviceAccounts.create(as(member), members, wish)).toEqual({ ok: false, error: 'forbidden' })
    expect(await serviceAccounts.create(as(admin), admins, { ...wish, roles: ['owner'] })).toEqual({
      ok: false,
      error: 'beyond-authority',
    })
    expect(await world.count('service_accounts'), 'a refusal leaves nothing').toBe(1)
    expect(await serviceAccounts.disable(as(admin), admins, at)).toEqual({ ok: false, error: 'beyond-authority' })
    expect(await serviceAccounts.remove(as(admin), admins, at)).toEqual({ ok: false, error: 'beyond-authority' })
    const key = { organisation: org, owner: at.id, name: 'x', permissions: 'admin' } as const
    expect(await apiKeys.create(as(admin), admins, key), 'its key would be the ladder').toEqual({
      ok: false,
      error: { reason: 'not-allowed' },
    })
  })

  it('is looked after by its own organisation and no other', async () => {
    const world = await keysWorld()
    const { account } = await program(world)
    const other = await world.company('other')
    const theirs = await world.authorityOf(other.org, other.owner)
    const foreign = { organisation: other.org, id: account.id }
    expect(await world.serviceAccounts.disable(world.as(other.owner), theirs, foreign)).toEqual({
      ok: false,
      error: 'not-found',
    })
    expect(await world.serviceAccounts.list({ organisation: other.org, limit: 10 })).toEqual([])
  })
})

it('a client acts as one service account, and one client alone does', async () => {
  const world = await keysWorld()
  const { account, at } = await program(world)
  const { services, clock } = world
  const { clients } = registryOf({ config: testConfig(), services, clock })
  const forItself = { name: 'Importer', type: 'web' } as const
  for (const id of ['importer', 'second'])
    expect(
      (await clients.create(operator, { id, ...forItself, redirectUris: [], grantTypes: ['client_credentials'] })).ok,
    ).toBe(true)
  await clients.create(operator, {
    id: 'web',
    name: 'Web',
    type: 'web',
    redirectUris: ['https://web.example/cb'],
  })
  expect(await clients.actAs(operator, 'web', account.id)).toEqual({ ok: false, error: { reason: 'not-a-program' } })
  expect(await clients.actAs(operator, 'nobody', account.id)).toEqual({ ok: false, error: { reason: 'not-found' } })
  expect(await clients.actAs(operator, 'importer', account.id)).toMatchObject({ ok: true })
  expect((await clients.find('importer'))?.serviceAccount).toBe(account.id)
  expect(await clients.actAs(operator, 'second', account.id)).toEqual({ ok: false, error: { reason: 'taken' } })
  await clients.actAs(operator, 'importer', null)
  await world.serviceAccounts.disable(operator, instanceAuthority, at)
  expect(await clients.actAs(operator, 'second', account.id)).toEqual({
    ok: false,
    error: { reason: 'account-not-active' },
  })
  await world.serviceAccounts.enable(operator, instanceAuthority, at)
  expect((await clients.actAs(operator, 'second', account.id)).ok).toBe(true)
})

/** RFC 9068 §2.2: tokens of client credentials have the client as `sub`, and the account nowhere. */
it('whatever ends what a service account may do is announced for the client that acts as it, and for nobody else of it', async () => {
  const world = await keysWorld()
  const { org, account, at } = await program(world)
  const { services, clock, memberships, serviceAccounts } = world
  const { clients } = registryOf({ config: testConfig(), services, clock })
  const cron = { id: 'cron', name: 'Cron', type: 'web', redirectUris: [] } as const
  await clients.create(operator, { ...cron, grantTypes: ['client_credentials'] })
  const seen = { count: 0 }
  const announcedBy = async (work: Promise<{ readonly ok: boolean }>) => {
    expect((await work).ok).toBe(true)
    const all = await world.announced()
    const fresh = all.slice(seen.count)
    seen.count = all.length
    return fresh
  }
  const client = { sub: 'cron', clientId: 'cron' }
  const linked = [{ ...client, reason: 'client-acts-otherwise' }]
  expect(await announcedBy(clients.actAs(operator, 'cron', account.id))).toEqual(linked)
  expect(await announcedBy(clients.actAs(operator, 'cron', account.id)), 'nothing has changed').toEqual([])
  const here = { organisation: org }
  const setRoles = memberships.setRoles(operator, instanceAuthority, org, account.id, ['admin'])
  expect(await announcedBy(setRoles)).toEqual(
    [{ sub: account.id }, client].map((who) => ({ ...here, ...who, reason: 'roles-changed' })),
  )
  expect(await announcedBy(memberships.suspend(operator, instanceAuthority, org, account.id))).toContainEqual({
    ...here,
    ...client,
    reason: 'membership-suspended',
  })
  expect(await announcedBy(serviceAccounts.disable(operator, instanceAuthority, at))).toContainEqual({
    ...client,
    reason: 'service-account-disabled',
  })
  const removed = await announcedBy(serviceAccounts.remove(operator, instanceAuthority, at))
  expect(removed).toContainEqual({ ...here, ...client, reason: 'membership-removed' })
  expect(removed).toContainEqual({ ...client, reason: 'service-account-removed' })
  expect(await announcedBy(clients.actAs(operator, 'cron', null))).toEqual(linked)
})
