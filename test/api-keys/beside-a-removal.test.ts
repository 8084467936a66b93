import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { instanceAuthority, keysWorld, operator } from './support.ts'

const PAIRS = 12

describe('threat 7: whoever is removed and comes back has none of their former keys', () => {
  it('also when one was made beside the removal', async () => {
    const world = await keysWorld()
    const { org } = await world.company()
    const members = []
    for (let n = 0; n < PAIRS; n += 1) {
      const member = await world.join(org, ['member'])
      members.push({ member, authority: await world.authorityOf(org, member) })
    }
    const keys = await Promise.all(
      members.map(async ({ member, authority }) => {
        const wish = { organisation: org, owner: member, name: 'late', permissions: 'admin' } as const
        const [key, left] = await Promise.all([
          world.apiKeys.create(world.as(member), authority, wish),
          world.memberships.remove(operator, instanceAuthority, org, member),
        ])
        expect(left.ok).toBe(true)
        return key
      }),
    )
    for (const { member } of members) await world.join(org, ['member'], member)
    for (const key of keys)
      if (key.ok) expect(await world.verdict(key.value.secret.reveal())).toBe('revoked')
      else expect(key.error).toEqual({ reason: 'not-a-member' })
  })

  it('also when one was rotated the moment before', async () => {
    const world = await keysWorld()
    const { org } = await world.company()
    const member = await world.join(org, ['member'])
    const authority = await world.authorityOf(org, member)
    const former = await world.make(member, authority, { organisation: org })
    const at = { organisation: org, id: former.id }
    const admin = await world.database.superuser()
    const waiting = (count: number) =>
      eventually(async () => {
        await admin.query('SELECT pg_stat_clear_snapshot()')
        const { rows } = await admin.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
        return rows.length >= count ? true : undefined
      })
    onTestFinished(() => void admin.query('ROLLBACK').catch(() => undefined))
    // Rows can be read and locked, and none is written: the rotation has judged when the removal begins.
    await admin.query('BEGIN; LOCK TABLE api_keys IN SHARE MODE')
    const rotating = world.apiKeys.rotate(world.as(member), authority, at, {})
    await waiting(1)
    const leaving = world.memberships.remove(operator, instanceAuthority, org, member)
    await waiting(2)
    await admin.query('COMMIT')
    const rotated = await rotating
    expect((await leaving).ok).toBe(true)
    if (!rotated.ok) throw new Error(rotated.error.reason)
    await world.join(org, ['member'], member)
    expect(await world.verdict(former.secret)).toBe('revoked')
    expect(await world.verdict(rotated.value.secret.reveal())).toBe('revoked')
  })
})
