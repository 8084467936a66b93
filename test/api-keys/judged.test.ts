import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { instanceAuthority, ip, keysWorld, operator } from './support.ts'

describe('threat 7: at its next use a key is refused', () => {
  it('when its owner is disabled or locked, and not before they are let in again', async () => {
    const { keyed, verdict, people, database, company, person } = await keysWorld()
    await person('Root', { admin: true })
    const { owner, made } = await keyed()
    void company
    await people.users.disable(operator, owner)
    expect(await verdict(made.secret)).toBe('owner-not-active')
    await people.users.enable(operator, owner)
    expect(await verdict(made.secret)).toBe('stands')
    await inTransaction(database.app, (tx) => people.users.lock(tx, operator, owner, 'not-me'))
    expect(await verdict(made.secret)).toBe('owner-not-active')
  })

  it('when the membership is suspended or removed; and it stays dead for whoever comes back', async () => {
    const world = await keysWorld()
    const { org } = await world.company()
    const member = await world.join(org, ['member'])
    const { secret, id } = await world.make(member, await world.authorityOf(org, member), { organisation: org })
    await world.memberships.suspend(operator, instanceAuthority, org, member)
    expect(await world.verdict(secret)).toBe('not-a-member')
    await world.memberships.readmit(operator, instanceAuthority, org, member)
    expect(await world.verdict(secret)).toBe('stands')
    expect((await world.apiKeys.standing(id, org)).ok).toBe(true)
    await world.memberships.remove(operator, instanceAuthority, org, member)
    expect(await world.verdict(secret)).not.toBe('stands')
    expect((await world.apiKeys.standing(id, org)).ok).toBe(false)
    await world.join(org, ['member'], member)
    expect(await world.verdict(secret)).toBe('revoked')
  })

  it('when the organisation is suspended or deleted', async () => {
    const { keyed, verdict, organisations } = await keysWorld()
    const { org, made } = await keyed()
    await organisations.suspend(operator, org)
    expect(await verdict(made.secret)).toBe('organisation-not-active')
    await organisations.activate(operator, org)
    expect(await verdict(made.secret)).toBe('stands')
    await organisations.remove(operator, org)
    expect(await verdict(made.secret)).not.toBe('stands')
  })

  it('when the organisation lets nobody in from there', async () => {
    const { keyed, verdict, organisations } = await keysWorld()
    const { org, made } = await keyed()
    await organisations.update(operator, instanceAuthority, org, { policy: { ipRanges: ['192.0.2.0/24'] } })
    expect(await verdict(made.secret, ip)).toBe('policy-not-met')
    expect(await verdict(made.secret, '192.0.2.1')).toBe('stands')
  })
})

describe('who may make no keys any more', () => {
  it('makes and renews none; a key of theirs goes on with what they may still do, until it is revoked', async () => {
    const world = await keysWorld()
    const { org, owner } = await world.company('shop', { template: 'monetro' })
    const member = await world.join(org, ['member'])
    const { id, secret } = await world.make(member, await world.authorityOf(org, member), { organisation: org })
    await world.memberships.setRoles(operator, instanceAuthority, org, member, ['viewer'])
    const authority = await world.authorityOf(org, member)
    expect(authority.allows('api-keys.own')).toBe(false)
    const refused = { ok: false, error: { reason: 'not-allowed' } }
    const at = { organisation: org, id }
    const wish = { organisation: org, owner: member, name: 'another', permissions: 'admin' } as const
    expect(await world.apiKeys.create(world.as(member), authority, wish)).toEqual(refused)
    expect(await world.apiKeys.rotate(world.as(member), authority, at, {})).toEqual(refused)
    const found = await world.apiKeys.verify(secret, { ip })
    const own = ['members.read', 'organisation.read', 'roles.read']
    expect(found).toMatchObject({ ok: true, value: { roles: ['viewer'], permissions: { hearthkey: own } } })
    expect((await world.apiKeys.revoke(world.as(owner), await world.authorityOf(org, owner), at)).ok).toBe(true)
    expect(await world.verdict(secret)).toBe('revoked')
  })
})

describe('threats 24 and 32: a key acts for its owner and for nobody else', () => {
  it('nobody makes or renews one in another person’s name: no administrator, and none of the instance', async () => {
    const world = await keysWorld()
    const { org, owner } = await world.company()
    const admin = await world.join(org, ['admin'])
    const member = await world.join(org, ['member'])
    const wish = { organisation: org, owner: member, name: 'mine?', permissions: 'admin' } as const
    const refused = { ok: false, error: { reason: 'not-allowed' } }
    for (const [who, authority] of [
      [admin, await world.authorityOf(org, admin)],
      [owner, await world.authorityOf(org, owner)],
      [owner, instanceAuthority],
    ] as const)
      expect(await world.apiKeys.create(world.as(who), authority, wish)).toEqual(refused)
    const { id, secret } = await world.make(member, await world.authorityOf(org, member), { organisation: org })
    const at = { organisation: org, id }
    expect(await world.apiKeys.rotate(world.as(owner), await world.authorityOf(org, owner), at, {})).toEqual(refused)
    expect(await world.verdict(secret)).toBe('stands')
  })

  it('who manages keys sees and revokes all, a colleague none; and a foreign organisation has none of them', async () => {
    const world = await keysWorld()
    const { org, owner } = await world.company()
    const [anna, ben] = [await world.join(org, ['member']), await world.join(org, ['member'])]
    const { id } = await world.make(anna, await world.authorityOf(org, anna), { organisation: org })
    const [bens, owners] = [await world.authorityOf(org, ben), await world.authorityOf(org, owner)]
    const at = { organisation: org, id }
    const page = { organisation: org, limit: 10 }
    const { apiKeys, as } = world
    expect(await apiKeys.find(as(ben), bens, at)).toBeUndefined()
    expect(await apiKeys.list(as(ben), bens, page)).toEqual([])
    expect(await apiKeys.list(as(ben), bens, { ...page, owner: anna })).toEqual([])
    expect(await apiKeys.revoke(as(ben), bens, at)).toEqual({ ok: false, error: 'not-found' })
    expect(await apiKeys.rename(as(ben), bens, at, 'x')).toEqual({ ok: false, error: 'not-found' })
    const other = await world.company('other')
    const foreign = { organisation: other.org, id }
    const theirs = await world.authorityOf(other.org, other.owner)
    expect(await apiKeys.find(as(other.owner), theirs, foreign)).toBeUndefined()
    expect(await apiKeys.revoke(as(other.owner), theirs, foreign)).toEqual({ ok: false, error: 'not-found' })
    expect(await apiKeys.list(as(other.owner), theirs, { organisation: other.org, limit: 10 })).toEqual([])
    expect((await apiKeys.list(as(owner), owners, page)).map((key) => key.id)).toEqual([id])
    expect((await apiKeys.revoke(as(owner), owners, at)).ok).toBe(true)
  })

  it('nobody gives a key of their own a larger portion of what all share', async () => {
    const world = await keysWorld()
    const { org } = await world.company()
    const member = await world.join(org, ['member'])
    const authority = await world.authorityOf(org, member)
    await expect(world.make(member, authority, { organisation: org, quota: 10_000 })).rejects.toThrow(
      'quota-not-allowed',
    )
  })

  it('answers the owner of the row, whatever else is known of the request', async () => {
    const { keyed, apiKeys } = await keysWorld()
    const { org, owner, made } = await keyed()
    const found = await apiKeys.verify(made.secret, { ip })
    expect(found).toMatchObject({ ok: true, value: { id: made.id, owner, seat: { organisation: { id: org } } } })
  })
})
