import { describe, expect, it } from 'vitest'
import { registryOf } from '../../src/instance/registry.ts'
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
    expect(await world.letters(), 'no person is meant').toEqual([])
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
  const { account } = await program(world)
  const { services, clock } = world
  const { clients } = registryOf({ config: testConfig(), services, clock })
  const forItself = { name: 'Importer', type: 'confidential' } as const
  for (const id of ['importer', 'second'])
    expect(
      (await clients.create(operator, { id, ...forItself, redirectUris: [], grantTypes: ['client_credentials'] })).ok,
    ).toBe(true)
  await clients.create(operator, {
    id: 'web',
    name: 'Web',
    type: 'confidential',
    redirectUris: ['https://web.example/cb'],
  })
  expect(await clients.actAs(operator, 'web', account.id)).toEqual({ ok: false, error: { reason: 'not-a-program' } })
  expect(await clients.actAs(operator, 'nobody', account.id)).toEqual({ ok: false, error: { reason: 'not-found' } })
  expect(await clients.actAs(operator, 'importer', account.id)).toMatchObject({ ok: true })
  expect((await clients.find('importer'))?.serviceAccount).toBe(account.id)
  expect(await clients.actAs(operator, 'second', account.id)).toEqual({ ok: false, error: { reason: 'taken' } })
  await clients.actAs(operator, 'importer', null)
  expect((await clients.actAs(operator, 'second', account.id)).ok).toBe(true)
})
