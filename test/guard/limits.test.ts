import { describe, expect, it } from 'vitest'
import { limitSweep } from '../../src/guard/cleanup.ts'
import { postgresCounters } from '../../src/guard/limits/postgres-counters.ts'
import type { LimitKeys, RuleName } from '../../src/guard/limits/rule.ts'
import { testDatabase } from '../support/database.ts'
import { workSince } from '../support/work.ts'
import { type GuardWorld, guardWorlds, MINUTE, somebody } from './support.ts'

const guardWorld = guardWorlds()

const HOUR = 60 * MINUTE

/** How many pass, one after the other, until one is refused; and how long that one is to wait. */
async function passing({ guard }: Pick<GuardWorld, 'guard'>, rule: RuleName, keys: LimitKeys, most = 400) {
  for (let count = 0; count < most; count += 1) {
    const verdict = await guard.limits.take(rule, keys)
    if (!verdict.ok) return { count, wait: verdict.retryAfterSeconds }
  }
  return { count: most, wait: 0 }
}

/** At the beginning of a window of any length that is used here. */
const atBeginning = ({ clock }: GuardWorld) => clock.set(new Date('2030-01-16T00:00:00.000Z'))

const published: [
  promise: string,
  preset: string,
  rule: RuleName,
  by: 'email' | 'account' | 'ip',
  count: number,
  ms: number,
][] = [
  ['[MON-9] sign-in', 'monetro', 'signIn', 'email', 10, 15 * MINUTE],
  ['[MON-9] registration', 'monetro', 'registration', 'ip', 5, HOUR],
  ['[MON-9] forgotten password', 'monetro', 'recovery', 'ip', 5, HOUR],
  ['Monetro’s second factor', 'monetro', 'secondFactor', 'account', 10, 15 * MINUTE],
  ['Monetro’s API (no route yet)', 'monetro', 'api', 'ip', 300, MINUTE],
  ['Monetro’s webhooks (no route yet)', 'monetro', 'webhooks', 'ip', 30, MINUTE],
  ['[STO-9] sign-in', 'storno', 'signIn', 'email', 5, MINUTE],
  ['[STO-9] registration', 'storno', 'registration', 'ip', 10, HOUR],
  ['[STO-9] second factor', 'storno', 'secondFactor', 'account', 5, MINUTE],
  ['[STO-9] password reset', 'storno', 'recovery', 'email', 3, 15 * MINUTE],
  ['[DRP-1] sign-in', 'drop', 'signIn', 'ip', 10, MINUTE],
  ['[DRP-1] registration', 'drop', 'registration', 'ip', 10, MINUTE],
  ['Drop’s second factor', 'drop', 'secondFactor', 'ip', 10, MINUTE],
]

describe('the limits', () => {
  it.each(published)('%s (%s): %s by %s, %i per %i ms', async (_promise, preset, rule, by, count, ms) => {
    const world = await guardWorld({ yaml: `limits: { preset: ${preset} }` })
    atBeginning(world)
    const keys: LimitKeys = {
      email: { email: world.guard.emailKey('ada@example.com') },
      account: { account: somebody() },
      ip: { ip: '203.0.113.9' },
    }[by]
    expect((await passing(world, rule, keys)).count).toBe(count)
    world.clock.advance(2 * ms)
    expect((await passing(world, rule, keys)).count).toBe(count)
  })

  it.each(['monetro', 'storno', 'toster', 'drop'])(
    'let nobody try more than ten second factors of one account in a row of minutes (%s)',
    async (preset) => {
      const world = await guardWorld({ yaml: `limits: { preset: ${preset} }` })
      atBeginning(world)
      const account = somebody()
      let tries = 0
      for (let minute = 0; minute < 14; minute += 1) {
        tries += (await passing(world, 'secondFactor', { account })).count
        world.clock.advance(MINUTE)
      }
      // Ten at once, and what is used comes back evenly: never the seventy of five a minute.
      expect(tries).toBeGreaterThanOrEqual(10)
      expect(tries).toBeLessThanOrEqual(20)
    },
  )

  it('[MON-9] are Monetro’s where nothing is chosen', async () => {
    const world = await guardWorld()
    expect((await passing(world, 'signIn', { email: world.guard.emailKey('ada@example.com') })).count).toBe(10)
  })

  it('[TOS-7] let five sign-ins fail per address in 15 minutes, and count no other', async () => {
    const world = await guardWorld({ yaml: 'limits: { preset: toster, signIn: { email: off, ip: off } }' })
    atBeginning(world)
    const keys = { ip: '203.0.113.9' }
    for (let time = 0; time < 20; time += 1) {
      const verdict = await world.guard.limits.take('signIn', keys)
      expect([time, verdict.ok]).toEqual([time, true])
      await verdict.succeeded()
    }
    expect((await passing(world, 'signIn', keys)).count).toBe(5)
    expect((await world.guard.limits.take('signIn', { ip: '203.0.113.10' })).ok).toBe(true)
    world.clock.advance(30 * MINUTE)
    expect((await world.guard.limits.take('signIn', keys)).ok).toBe(true)
  })

  it('hold for an organisation at the API, once it has routes', async () => {
    const world = await guardWorld({ yaml: 'limits: { preset: toster, api: { organisation: 3/1m } }' })
    expect((await passing(world, 'api', { organisation: 'org_a', ip: '203.0.113.9' })).count).toBe(3)
    expect((await world.guard.limits.take('api', { organisation: 'org_b', ip: '203.0.113.9' })).ok).toBe(true)
  })

  it('are replaced one by one, and taken away by "off"', async () => {
    const world = await guardWorld({ yaml: 'limits: { signIn: { email: 2/1m, ip: off }, registration: { ip: off } }' })
    const email = world.guard.emailKey('ada@example.com')
    expect((await passing(world, 'signIn', { email, ip: '203.0.113.9' })).count).toBe(2)
    expect((await passing(world, 'registration', { ip: '203.0.113.9' }, 40)).count).toBe(40)
  })

  it('[DRP-1] survive a restart, and are shared by instances', async () => {
    const world = await guardWorld()
    atBeginning(world)
    const keys = { ip: '203.0.113.9' }
    expect((await passing(world, 'registration', keys)).count).toBe(5)
    expect((await passing({ guard: world.instance() }, 'registration', keys)).count).toBe(0)
  })
})

describe('a key', () => {
  it('is one for every spelling of an e-mail address (threats 16, 23)', async () => {
    const world = await guardWorld()
    const spellings = ['ada@example.com', 'ADA@example.com', ' Ada@EXAMPLE.com ']
    let passed = 0
    for (let time = 0; time < 30; time += 1) {
      const email = world.guard.emailKey(spellings[time % 3] ?? '')
      if ((await world.guard.limits.take('signIn', { email })).ok) passed += 1
    }
    expect(passed).toBe(10)
  })

  it.each([
    ['an IPv6 /64 is one', '2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
    ['the next /64 is another', '2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['a mapped IPv4 is the IPv4', '::ffff:203.0.113.9', '203.0.113.9', true],
    ['two IPv4 addresses are two', '203.0.113.9', '203.0.113.10', false],
  ])('of an address: %s (threat 17)', async (_what, one, other, same) => {
    const world = await guardWorld()
    await passing(world, 'registration', { ip: one })
    expect((await world.guard.limits.take('registration', { ip: other })).ok).toBe(!same)
  })

  it('of an e-mail address or an account is another one in a browser that the account knows: a stranger locks nobody out', async () => {
    const world = await guardWorld()
    const user = somebody()
    const knownBrowser = await world.knownBrowser(user)
    const email = world.guard.emailKey('ada@example.com')
    expect((await passing(world, 'signIn', { email })).count).toBe(10)
    expect((await passing(world, 'signIn', { email, knownBrowser })).count).toBe(10)
    expect((await passing(world, 'secondFactor', { account: user })).count).toBe(10)
    expect((await passing(world, 'secondFactor', { account: user, knownBrowser })).count).toBe(10)
  })

  it('says nothing of whom it counts', async () => {
    const world = await guardWorld()
    const account = somebody()
    await world.guard.limits.take('signIn', { email: world.guard.emailKey('ada@example.com'), ip: '203.0.113.9' })
    await world.guard.limits.take('secondFactor', { account })
    const { rows } = await world.root.query<{ key: string }>('SELECT key FROM rate_limits')
    expect(rows).toHaveLength(3)
    // Which limit, 128 bits, which window: words of three letters are found by chance in such bits.
    for (const { key } of rows) expect(key).toMatch(/^[A-Za-z]+\.[A-Za-z]+:[\w-]{22}:\d+$/)
    const text = JSON.stringify(rows)
    for (const secret of ['ada@', 'example', '203.0', account.slice(4)]) expect(text).not.toContain(secret)
  })

  it('that is refused touches no other: an attack on one address is not charged to everybody behind a proxy', async () => {
    const world = await guardWorld({ yaml: 'limits: { signIn: { email: 2/15m, ip: 5/15m } }' })
    atBeginning(world)
    const ip = '203.0.113.9'
    const take = (address: string) => world.guard.limits.take('signIn', { email: world.guard.emailKey(address), ip })
    for (let time = 0; time < 10; time += 1) {
      await take('ada@example.com')
      world.clock.advance(1500)
    }
    const others = await Promise.all(['b', 'c', 'd'].map(async (name) => (await take(`${name}@example.com`)).ok))
    expect(others).toEqual([true, true, true])
    expect((await take('e@example.com')).ok).toBe(false)
  })
})

describe('a sliding window', () => {
  const limits = 'limits: { webhooks: { ip: 10/10m } }'
  const keys = { ip: '203.0.113.9' }

  it('lets come back as much as has faded, evenly', async () => {
    const world = await guardWorld({ yaml: limits })
    atBeginning(world)
    expect((await passing(world, 'webhooks', keys)).count).toBe(10)
    world.clock.advance(10 * MINUTE)
    for (let minute = 1; minute <= 10; minute += 1) {
      world.clock.advance(MINUTE)
      expect([minute, (await passing(world, 'webhooks', keys)).count]).toEqual([minute, 1])
    }
  })

  it('says how long to wait, and that is true to the second', async () => {
    const world = await guardWorld({ yaml: limits })
    atBeginning(world)
    world.clock.advance(4 * MINUTE)
    const first = await passing(world, 'webhooks', keys)
    expect(first).toEqual({ count: 10, wait: 7 * 60 })
    world.clock.advance((first.wait - 1) * 1000)
    expect((await world.guard.limits.take('webhooks', keys)).ok).toBe(false)
    world.clock.advance(1000)
    const second = await passing(world, 'webhooks', keys)
    expect(second.count).toBe(1)
    world.clock.advance(second.wait * 1000)
    expect((await world.guard.limits.take('webhooks', keys)).ok).toBe(true)
  })

  it('slows down whoever comes too often, and does not shut them out for as long as they try', async () => {
    const world = await guardWorld({ yaml: 'limits: { webhooks: { ip: 60/1m } }' })
    atBeginning(world)
    let passed = 0
    for (let half = 0; half < 10 * 120; half += 1) {
      if ((await world.guard.limits.take('webhooks', keys)).ok) passed += 1
      world.clock.advance(500)
    }
    expect(passed).toBeGreaterThan(10 * 60 * 0.8)
    expect(passed).toBeLessThanOrEqual(11 * 60)
  })
})

describe('what a limit costs', () => {
  it('is a statement a second for a key under attack, not one a request', async () => {
    const world = await guardWorld()
    const { root } = world
    const writes = async () => {
      await root.query('SELECT pg_stat_force_next_flush()')
      const { rows } = await root.query<{ n: number }>(
        "SELECT (n_tup_ins + n_tup_upd)::int AS n FROM pg_stat_user_tables WHERE relname = 'rate_limits'",
      )
      return rows[0]?.n ?? 0
    }
    const keys = { ip: '203.0.113.9' }
    const writtenBefore = await writes()
    await passing(world, 'registration', keys)
    const { limits } = world.guard
    const before = world.log.lines().length
    const work = workSince()
    for (let time = 0; time < 5000; time += 1) expect((await limits.take('registration', keys)).ok).toBe(false)
    expect(work()).toBeLessThan(5000)
    expect(world.log.lines().length).toBe(before)
    expect((await writes()) - writtenBefore).toBeLessThanOrEqual(8)
  })

  it('is gone from the database when nobody asks for it any more', async () => {
    const world = await guardWorld()
    await passing(world, 'registration', { ip: '203.0.113.9' })
    expect(await world.countOf('rate_limits')).toBe(1)
    const forgetAt = async (now: Date) => {
      const [job] = limitSweep.handlers({ owner: world.services.database.owner, clock: { now: () => now } })
      await job?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
    }
    await forgetAt(new Date())
    expect(await world.countOf('rate_limits')).toBe(1)
    await forgetAt(new Date(Date.now() + 3 * HOUR))
    expect(await world.countOf('rate_limits')).toBe(0)
  })
})

it('what was counted is given back once: no counter falls below zero', async () => {
  const { app } = await testDatabase()
  const counters = postgresCounters(app)
  const three = { key: 'three', amount: 3, seconds: 60 }
  const { giveBack } = await counters.add([three])
  for (let time = 0; time < 2; time += 1) await giveBack(three)
  expect(await counters.read(three.key)).toBe(0)
  expect((await counters.add([{ ...three, amount: 1 }])).numbers).toEqual([1])
})
