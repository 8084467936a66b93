import { expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { hangingOnSessions } from '../../src/instance/hanging-on-sessions.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { ada, by, type PeopleWorld, peopleWorld } from '../users/support.ts'

async function world() {
  const people = await peopleWorld()
  const made = await people.users.create(by, ada)
  if (!made.ok) throw new Error(made.error)
  const { revocations, database } = people.services
  const within = <T>(work: Parameters<typeof inTransaction<T>>[1]) => inTransaction(database.app, work)
  const announced = async () => {
    const page = await revocations.since(undefined, 100)
    if (!page.ok) throw new Error(page.error)
    return page.value.entries.map(({ id: _, at: __, expiresAt: ___, ...entry }) => entry)
  }
  return { ...people, user: made.value, within, announced }
}

async function signIn({ sessions, within, user, clock }: PeopleWorld & Awaited<ReturnType<typeof world>>) {
  return within(async (tx) => {
    const about = { user: user.id, amr: ['pwd'], acr: 'aal1', userAgent: 'Firefox', ip: '203.0.113.7', at: clock.now() }
    const session = await sessions.start(tx, by, about)
    await sessions.bind(tx, { session, engineUidHash: sha256('browser') })
    return session
  })
}

it('a disabled user is announced as a whole, once, whatever they were signed in to', async () => {
  const all = await world()
  await signIn(all)
  await all.users.disable(by, all.user.id)
  expect(await all.announced()).toEqual([{ sub: all.user.id, reason: 'user-disabled' }])
})

it('a locked account is announced, and nothing is where the transaction comes to nothing', async () => {
  const { users, user, within, announced } = await world()
  await expect(
    within(async (tx) => {
      await users.lock(tx, by, user.id, 'not-me')
      throw new Error('rolled back')
    }),
  ).rejects.toThrow('rolled back')
  expect(await announced()).toEqual([])
  await within((tx) => users.lock(tx, by, user.id, 'not-me'))
  expect(await announced()).toEqual([{ sub: user.id, reason: 'account-locked' }])
})

it('a session that was ended is announced; one that fell asleep is not, for what outlives it is alive', async () => {
  const all = await world()
  const session = await signIn(all)
  await all.within((tx) => all.sessions.end(tx, by, session, 'revoked'))
  expect(await all.announced()).toEqual([{ sid: session, reason: 'session-ended' }])
  const asleep = await signIn(all)
  await all.within((tx) => all.sessions.end(tx, by, asleep, 'idle'))
  expect(await all.announced()).toHaveLength(1)
})

it('a revoked grant is announced as what the person holds of that client', async () => {
  const all = await world()
  const { user, within, database, services, clock, announced } = all
  const session = await signIn(all)
  const admin = await database.superuser()
  const hour = new Date(clock.now().getTime() + 3_600_000)
  const insert = `INSERT INTO oidc_artifacts (id_hash, kind, grant_hash, user_id, client_id, payload, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, now(), $7)`
  const uuid = user.id.slice(4)
  const { artifactHash } = await import('../../src/oidc/artifacts/artifact.ts')
  const grant = artifactHash('Grant', 'grant-1')
  await admin.query(insert, [grant, 'Grant', grant, uuid, 'shop', '{}', hour])
  const { grants } = hangingOnSessions(services)
  await within((tx) => grants.revokeAllBut(tx, by, user.id, session))
  expect(await announced()).toEqual([{ sub: user.id, clientId: 'shop', reason: 'grant-revoked' }])
})

it('a client that an API is taken away from is announced, and one that gets another is not', async () => {
  const { config, services, clock, announced } = await world()
  const { clients, apis } = registryOf({ config, services, clock })
  for (const audience of ['https://a.example', 'https://b.example']) await apis.create(by, { audience, name: 'A' })
  const redirectUris = ['https://shop.example/cb']
  await clients.create(by, { id: 'shop', name: 'Shop', type: 'single-page', redirectUris, apis: ['https://a.example'] })
  expect((await clients.update(by, 'shop', { addApis: ['https://b.example'] })).ok).toBe(true)
  expect((await clients.update(by, 'shop', { addRedirectUris: ['https://shop.example/other'] })).ok).toBe(true)
  expect(await announced()).toEqual([])
  expect((await clients.update(by, 'shop', { removeApis: ['https://a.example'] })).ok).toBe(true)
  expect(await announced()).toEqual([{ clientId: 'shop', reason: 'client-lost-api' }])
})

it('a client that has fewer scopes at an API is announced, and one that has more, or another API with few, is not', async () => {
  const { config, services, clock, announced } = await world()
  const { clients, apis } = registryOf({ config, services, clock })
  const [a, b] = ['https://a.example', 'https://b.example']
  const scopes = ['read', 'write', 'delete']
  for (const audience of [a, b]) await apis.create(by, { audience, name: 'A', scopes })
  await clients.create(by, {
    id: 'shop',
    name: 'Shop',
    type: 'single-page',
    redirectUris: ['https://shop.example/cb'],
    apis: [{ audience: a, scopes: ['read'] }],
  })
  const change = async (wanted: Parameters<typeof clients.update>[2]) =>
    expect((await clients.update(by, 'shop', wanted)).ok).toBe(true)
  await change({ addApis: [{ audience: a, scopes: ['read', 'write'] }] })
  await change({ addApis: [{ audience: b, scopes: ['read'] }] })
  await change({ addApis: [{ audience: a, scopes: null }] })
  expect(await announced()).toEqual([])
  const told = { clientId: 'shop', reason: 'client-lost-api' }
  await change({ addApis: [{ audience: a, scopes: ['read', 'write'] }] })
  expect(await announced()).toEqual([told])
  await change({ addApis: [{ audience: a, scopes: ['read', 'delete'] }] })
  expect(await announced()).toEqual([told, told])
})

it('a disabled client is announced', async () => {
  const { config, services, clock, announced } = await world()
  const { clients } = registryOf({ config, services, clock })
  await clients.create(by, { id: 'shop', name: 'Shop', type: 'single-page', redirectUris: ['https://shop.example/cb'] })
  await clients.disable(by, 'shop')
  expect(await announced()).toEqual([{ clientId: 'shop', reason: 'client-disabled' }])
})
