import { describe, expect, it } from 'vitest'
import { planKey } from '../../src/api-keys/plan.ts'
import { isName } from '../../src/service-accounts/service-account.ts'
import { testConfig } from '../support/config.ts'
import { statementsDuring } from '../support/statements.ts'
import { DAY, instanceAuthority, ip, keysWorld, operator } from './support.ts'

const OWN = 'hearthkey'

describe('[STO-4] an API key', () => {
  it('is shown once, has a name, an end and a last use, and no table holds it', async () => {
    const { keyed, apiKeys, as, clock, database, verdict } = await keysWorld()
    const { org, owner, authority, made } = await keyed()
    const at = { organisation: org, id: made.id }
    expect(await apiKeys.find(as(owner), authority, at)).toMatchObject({
      name: 'nightly export',
      owner,
      lastUsedAt: null,
      expiresAt: new Date(clock.now().getTime() + 90 * DAY),
    })
    await verdict(made.secret)
    expect(await apiKeys.find(as(owner), authority, at)).toMatchObject({ lastUsedAt: clock.now() })
    const admin = await database.superuser()
    for (const table of ['api_keys', 'api_key_uses', 'events', 'outbox', 'revocations']) {
      const { rows } = await admin
        .query<{ text: string }>(`SELECT t::text AS text FROM ${table === 'outbox' ? 'mail_outbox' : table} t`)
        .catch(() => ({ rows: [] }))
      for (const { text } of rows) expect(text).not.toContain(made.secret.slice(3, 30))
    }
  })

  it('comes in ready-made sets: reading, writing, everything; each within what the owner may do', async () => {
    const world = await keysWorld()
    const { org, owner } = await world.company('shop', { template: 'basic' })
    const authority = await world.authorityOf(org, owner)
    const permissionsAt = async (permissions: 'read-only' | 'write' | 'admin') => {
      const { secret } = await world.make(owner, authority, { organisation: org, permissions })
      const found = await world.apiKeys.verify(secret, { ip })
      return found.ok ? (found.value.permissions[OWN] ?? []) : [found.error]
    }
    expect(await permissionsAt('read-only')).toEqual(['audit.read', 'members.read', 'organisation.read', 'roles.read'])
    expect(await permissionsAt('write')).toEqual(await permissionsAt('read-only'))
    expect(await permissionsAt('admin')).toContain('roles.manage')
  })

  it('has no permission that its owner has not: what is asked for beyond is refused by name, nothing is cut in silence', async () => {
    const world = await keysWorld()
    const { org } = await world.company()
    const member = await world.join(org, ['member'])
    const authority = await world.authorityOf(org, member)
    const wish = { organisation: org, owner: member, name: 'greedy' }
    const asked = { [OWN]: ['members.read', 'roles.manage'], api_x: ['invoices:read'] }
    const made = await world.apiKeys.create(world.as(member), authority, { ...wish, permissions: asked })
    expect(made).toEqual({
      ok: false,
      error: { reason: 'beyond-owner', permissions: { [OWN]: ['roles.manage'], api_x: ['invoices:read'] } },
    })
    expect(await world.count('api_keys')).toBe(0)
  })

  it('loses at its next use what its owner has lost since', async () => {
    const world = await keysWorld()
    const { org } = await world.company()
    const admin = await world.join(org, ['admin'])
    const { secret } = await world.make(admin, await world.authorityOf(org, admin), { organisation: org })
    const permissions = async () => {
      const found = await world.apiKeys.verify(secret, { ip })
      return found.ok ? found.value.permissions[OWN] : undefined
    }
    expect(await permissions()).toContain('service-accounts.manage')
    await world.memberships.setRoles(operator, instanceAuthority, org, admin, ['member'])
    expect(await permissions()).toEqual(['api-keys.own', 'members.read', 'organisation.read', 'roles.read'])
  })

  it('is revoked at once, and announced; a second time is no second event', async () => {
    const { keyed, apiKeys, as, verdict, announced } = await keysWorld()
    const { org, owner, authority, made } = await keyed()
    const at = { organisation: org, id: made.id }
    expect((await apiKeys.revoke(as(owner), authority, at)).ok).toBe(true)
    expect(await verdict(made.secret)).toBe('revoked')
    expect(await apiKeys.revoke(as(owner), authority, at)).toEqual({ ok: false, error: 'already' })
    expect(await announced()).toEqual([{ apiKey: made.id, organisation: org, reason: 'key-revoked' }])
  })

  it('ends when its time is over, and not a millisecond later', async () => {
    const { keyed, verdict, clock } = await keysWorld()
    const { made } = await keyed({ lifetime: DAY })
    clock.advance(DAY - 1)
    expect(await verdict(made.secret)).toBe('stands')
    clock.advance(1)
    expect(await verdict(made.secret)).toBe('expired')
  })

  it('lives as long as the configuration allows, for ever only where it says so', async () => {
    const strict = await keysWorld({ longestLifetime: 30 * DAY })
    const { org, owner } = await strict.company()
    const authority = await strict.authorityOf(org, owner)
    const wish = { organisation: org, owner, name: 'long', permissions: 'admin' } as const
    for (const lifetime of ['never', 31 * DAY, 0, -1, Number.NaN] as const)
      expect(await strict.apiKeys.create(strict.as(owner), authority, { ...wish, lifetime })).toEqual({
        ok: false,
        error: { reason: 'lifetime-invalid', longest: 30 * DAY },
      })
    const usual = await strict.apiKeys.create(strict.as(owner), authority, wish)
    expect(usual.ok && usual.value.key.expiresAt).toEqual(new Date(strict.clock.now().getTime() + 30 * DAY))
    const lax = await keysWorld({ endless: 'allowed' })
    expect((await lax.keyed({ lifetime: 'never' })).made.secret).toMatch(/^hk_/)
  })

  it('opens only from its addresses, and none is known where none was told', async () => {
    const { keyed, verdict, apiKeys } = await keysWorld()
    const { made } = await keyed({ ipRanges: ['192.0.2.0/24', '2001:db8::/32'] })
    expect(await verdict(made.secret, '192.0.2.9')).toBe('stands')
    expect(await verdict(made.secret, '::ffff:192.0.2.9')).toBe('stands')
    expect(await verdict(made.secret, '2001:db8:1::1')).toBe('stands')
    expect(await verdict(made.secret, '198.51.100.9')).toBe('address-not-allowed')
    expect(await apiKeys.verify(made.secret, {})).toEqual({ ok: false, error: 'address-not-allowed' })
  })

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    '010.0.0.1',
    '::/129',
    '::ffff:10.0.0.0/104',
    'fe80::1%eth0',
    '10.0.0.0/8/8',
    'host',
  ])('refuses %j as a range', (range) => {
    const settings = testConfig().apiKeys
    const wish = { name: 'x', permissions: 'admin', ipRanges: ['192.0.2.1', '2001:db8::/32', range] } as const
    const planned = planKey(wish, { api: ['read'] }, { settings, within: (asked) => asked, now: new Date() })
    expect(planned).toEqual({ ok: false, error: { reason: 'range-invalid', range } })
  })

  it.each(['', ' x', 'a\nb', 'a\u0000b', 'a\u200eb', 'a\u200fb', 'a\u061cb', 'a\u202eb', 'a\ud800b', 'x'.repeat(101)])(
    'refuses %j as a name',
    (name) => {
      const planned = planKey(
        { name, permissions: 'admin' },
        { api: ['read'] },
        { settings: testConfig().apiKeys, within: (asked) => asked, now: new Date() },
      )
      expect(planned).toEqual({ ok: false, error: { reason: 'name-invalid' } })
      expect(isName(name), 'nor of a service account').toBe(false)
    },
  )

  it('is one of at most so many of an owner, however many are made at once', async () => {
    const world = await keysWorld({ perOwner: 3 })
    const { org, owner } = await world.company()
    const authority = await world.authorityOf(org, owner)
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => world.make(owner, authority, { organisation: org })),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(await world.count('api_keys')).toBe(3)
  })

  it('tells its owner by mail when it is made, and the log of events of the organisation what it may do', async () => {
    const { keyed, letters, database, announced } = await keysWorld()
    const { org, owner, made } = await keyed()
    expect((await letters()).at(-1)).toMatchObject({ message: 'notice api-key-created' })
    const admin = await database.superuser()
    const { rows } = await admin.query<{ after: unknown }>(
      `SELECT action, replace(org_id::text, '-', '') AS org, actor_id, after FROM events WHERE target_id = $1`,
      [made.id],
    )
    expect(rows).toEqual([
      {
        action: 'api_key.created',
        org: org.slice('org_'.length),
        actor_id: owner,
        after: expect.objectContaining({ name: 'nightly export', owner, permissions: { [OWN]: expect.any(Array) } }),
      },
    ])
    expect(await announced()).toEqual([])
  })
})

describe('a use', () => {
  it('is written once a minute, and costs no write in between', async () => {
    const { keyed, apiKeys, as, verdict, clock } = await keysWorld()
    const { org, owner, authority, made } = await keyed()
    const lastUse = async () =>
      (await apiKeys.find(as(owner), authority, { organisation: org, id: made.id }))?.lastUsedAt
    await verdict(made.secret)
    const first = await lastUse()
    clock.advance(59_000)
    const statements = await statementsDuring(() => verdict(made.secret))
    expect(statements.filter((text) => /insert|update/i.test(text))).toEqual([])
    expect(statements.length, statements.join('\n')).toBeLessThanOrEqual(6)
    expect(await lastUse()).toEqual(first)
    clock.advance(1000)
    await verdict(made.secret)
    expect(await lastUse()).toEqual(clock.now())
  })
})

describe('rotation', () => {
  it('lets both work for a day, or for as long as is said, and then the new one alone', async () => {
    const { keyed, apiKeys, as, verdict, clock } = await keysWorld()
    const { org, owner, authority, made } = await keyed()
    const rotated = await apiKeys.rotate(as(owner), authority, { organisation: org, id: made.id }, {})
    if (!rotated.ok) throw new Error(rotated.error.reason)
    const fresh = rotated.value.secret.reveal()
    expect(rotated.value.key).toMatchObject({ name: 'nightly export', replaces: made.id })
    expect([await verdict(made.secret), await verdict(fresh)]).toEqual(['stands', 'stands'])
    clock.advance(DAY)
    expect([await verdict(made.secret), await verdict(fresh)]).toEqual(['expired', 'stands'])
  })

  it('without an overlap ends the former one at once, and what was issued for it', async () => {
    const { keyed, apiKeys, as, verdict, announced } = await keysWorld()
    const { org, owner, authority, made } = await keyed()
    await apiKeys.rotate(as(owner), authority, { organisation: org, id: made.id }, { overlap: 0 })
    expect(await verdict(made.secret)).toBe('expired')
    expect(await announced()).toEqual([{ apiKey: made.id, organisation: org, reason: 'key-rotated' }])
  })

  it('with an overlap ends what was issued for the former one when it is over, wherever such a token could be left', async () => {
    const { keyed, make, apiKeys, as, announced, clock } = await keysWorld()
    const { org, owner, authority, made } = await keyed()
    const longest = testConfig().keys.longestTokenLifetime
    const from = new Date(clock.now().getTime() + longest - 1)
    await apiKeys.rotate(as(owner), authority, { organisation: org, id: made.id }, { overlap: longest - 1 })
    const told = { apiKey: made.id, organisation: org, reason: 'key-rotated', from }
    expect(await announced()).toEqual([told])
    const { id } = await make(owner, authority, { organisation: org })
    await apiKeys.rotate(as(owner), authority, { organisation: org, id }, { overlap: longest })
    expect(await announced(), 'all have expired by then').toEqual([told])
  })

  it('says nothing of tokens where the former one ends as it always would have: none outlives it', async () => {
    const { keyed, apiKeys, as, announced } = await keysWorld()
    const { org, owner, authority, made } = await keyed({ lifetime: 60_000 })
    await apiKeys.rotate(as(owner), authority, { organisation: org, id: made.id }, { overlap: 60_000 })
    expect(await announced()).toEqual([])
  })

  it('never makes the former one live longer', async () => {
    const { keyed, apiKeys, as, verdict, clock } = await keysWorld()
    const { org, owner, authority, made } = await keyed({ lifetime: 3_600_000 })
    await apiKeys.rotate(as(owner), authority, { organisation: org, id: made.id }, { overlap: DAY })
    clock.advance(3_600_000)
    expect(await verdict(made.secret)).toBe('expired')
  })

  it('happens once: of eight at the same time one is shown a key', async () => {
    const { keyed, apiKeys, as, count } = await keysWorld()
    const { org, owner, authority, made } = await keyed()
    const at = { organisation: org, id: made.id }
    const tries = await Promise.all(Array.from({ length: 8 }, () => apiKeys.rotate(as(owner), authority, at, {})))
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1)
    expect(tries.filter((it) => !it.ok && it.error.reason === 'rotated-already')).toHaveLength(7)
    expect(await count('api_keys')).toBe(2)
  })

  it('again, while both still work, ends the oldest at once: however often, two of a line work', async () => {
    const { keyed, apiKeys, as, verdict, announced } = await keysWorld({ perOwner: 1 })
    const { org, owner, authority, made } = await keyed()
    const line = [made]
    for (let times = 0; times < 3; times += 1) {
      const id = line.at(-1)?.id ?? made.id
      const rotated = await apiKeys.rotate(as(owner), authority, { organisation: org, id }, { overlap: 30 * DAY })
      if (!rotated.ok) throw new Error(rotated.error.reason)
      line.push({ id: rotated.value.key.id, secret: rotated.value.secret.reveal() })
    }
    const verdicts = []
    for (const { secret } of line) verdicts.push(await verdict(secret))
    expect(verdicts).toEqual(['expired', 'expired', 'stands', 'stands'])
    expect(await announced()).toEqual(
      line.slice(0, 2).map(({ id }) => ({ apiKey: id, organisation: org, reason: 'key-rotated' })),
    )
  })

  it('tells the owner by mail that a new one was shown, and whoever looks after service accounts of one of theirs', async () => {
    const world = await keysWorld()
    const { org, owner, authority, made } = await world.keyed()
    const renewed = () => world.letters().then((all) => all.filter(({ message }) => message.includes('rotated')))
    const rotated = await world.apiKeys.rotate(world.as(owner), authority, { organisation: org, id: made.id }, {})
    if (!rotated.ok) throw new Error(rotated.error.reason)
    expect(await renewed()).toMatchObject([
      { message: 'notice api-key-rotated', name: 'Olga Owner', text: expect.stringContaining(rotated.value.key.hint) },
    ])
    const account = await world.serviceAccounts.create(operator, instanceAuthority, {
      organisation: org,
      name: 'importer',
      roles: ['member'],
    })
    if (!account.ok) throw new Error(JSON.stringify(account.error))
    const wish = { organisation: org, owner: account.value.id, name: 'sync', permissions: 'admin' } as const
    const ofProgram = await world.apiKeys.create(operator, instanceAuthority, wish)
    if (!ofProgram.ok) throw new Error(ofProgram.error.reason)
    const at = { organisation: org, id: ofProgram.value.key.id }
    expect((await world.apiKeys.rotate(operator, instanceAuthority, at, {})).ok).toBe(true)
    expect((await renewed()).slice(1)).toMatchObject([
      { message: 'program-key-rotated', name: 'Olga Owner', text: expect.stringContaining('importer') },
    ])
  })

  it('of a revoked or expired key is refused', async () => {
    const { keyed, apiKeys, as, clock } = await keysWorld()
    const { org, owner, authority, made } = await keyed({ lifetime: DAY })
    clock.advance(DAY)
    expect(await apiKeys.rotate(as(owner), authority, { organisation: org, id: made.id }, {})).toEqual({
      ok: false,
      error: { reason: 'not-active' },
    })
  })
})
