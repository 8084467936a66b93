import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { redisStandIn } from '../support/redis.ts'
import { undisturbedSince } from '../support/undisturbed.ts'
import { guardWorlds, MINUTE } from './support.ts'

const guardWorld = guardWorlds()

const keys = { ip: '203.0.113.9' }
const times = (count: number) => Array.from({ length: count }, (_, n) => n)

async function worldWith(options: { readonly password?: string } = {}) {
  const redis = await redisStandIn(options)
  const world = await guardWorld({ env: { REDIS_URL: redis.url } })
  world.clock.set(new Date('2030-01-16T00:00:00.000Z'))
  const take = async (ip = keys.ip) => (await world.guard.limits.take('registration', { ip })).ok
  const passing = async (ip?: string) => {
    let count = 0
    while (count < 50 && (await take(ip))) count += 1
    return count
  }
  const said = (text: string) => world.log.lines().filter(({ msg }) => typeof msg === 'string' && msg.includes(text))
  return { ...world, redis, take, passing, said }
}

describe('with a Redis', () => {
  it('limits are counted there and not in the database, and shared by instances', async () => {
    const { passing, countOf, redis, instance } = await worldWith()
    expect(await passing()).toBe(5)
    expect(await countOf('rate_limits')).toBe(0)
    expect(redis.keys()).toEqual([expect.stringMatching(/^hearthkey:limits:registration\.ip:[\w-]{22}:\d+$/)])
    expect((await instance().limits.take('registration', keys)).ok).toBe(false)
  })

  it('two hundred at once over two processes pass as often as the limit says', async () => {
    const { guard, instance } = await worldWith()
    const both = [guard, instance()] as const
    for (const { limits } of both) await limits.take('webhooks', keys)
    const taken = await Promise.all(times(200).map((n) => both[n % 2]?.limits.take('registration', keys)))
    expect(taken.filter((verdict) => verdict?.ok)).toHaveLength(5)
  })

  it('a window slides there too', async () => {
    const { passing, clock } = await worldWith()
    expect(await passing()).toBe(5)
    clock.advance(60 * MINUTE)
    expect(await passing()).toBe(0)
    clock.advance(24 * MINUTE)
    expect(await passing()).toBe(2)
  })

  it('a password is sent, and stands in no line of the log', async () => {
    const { passing, countOf, log } = await worldWith({ password: 'hunter2-hunter2' })
    expect(await passing()).toBe(5)
    expect(await countOf('rate_limits')).toBe(0)
    expect(log.text()).not.toContain('hunter2')
  })

  it('lockouts stay in the database', async () => {
    const { failTimes, countOf, redis } = await worldWith()
    await failTimes(5)
    expect(await countOf('lockouts')).toBe(1)
    expect(redis.keys()).toEqual([])
  })
})

describe('a Redis that is away', () => {
  it('is replaced by the database, at once, and the log says so once', async () => {
    const { passing, countOf, redis, said } = await worldWith()
    expect(await passing('203.0.113.1')).toBe(5)
    await redis.stop()
    expect(await passing('203.0.113.2')).toBe(5)
    expect(await passing('203.0.113.2'), 'never open').toBe(0)
    expect(await countOf('rate_limits')).toBe(1)
    expect(said('Redis is away')).toHaveLength(1)
  })

  it('is taken up again when it is back, and the log says so once', async () => {
    const { passing, redis, said } = await worldWith()
    await passing('203.0.113.1')
    await redis.stop()
    await passing('203.0.113.2')
    await redis.start()
    let next = 0
    await eventually(async () => {
      next += 1
      await passing(`198.51.100.${next}`)
      return said('Redis answers again').length > 0 ? true : undefined
    })
    expect(await passing('203.0.113.1'), 'what it knew it still knows').toBe(0)
    expect(said('Redis is away')).toHaveLength(1)
    expect(said('Redis answers again')).toHaveLength(1)
  })

  it('between a count and what is given back of it takes the count along: nothing is owed to anybody', async () => {
    const { guard, passing, redis, services, said } = await worldWith()
    const points = async () =>
      (await services.database.app.selectFrom('rate_limits').select('points').execute()).map((row) => row.points)
    const failures = () => guard.limits.take('clientAuth', keys)
    const inRedis = await Promise.all(times(3).map(failures))
    await redis.stop()
    for (const { succeeded } of inRedis) await succeeded()
    expect(await points()).toEqual([])
    expect(await passing()).toBe(5)
    expect((await points()).toSorted()).toEqual([5])

    const inDatabase = await failures()
    await redis.start()
    let next = 0
    await eventually(async () => {
      next += 1
      await guard.limits.take('webhooks', { ip: `198.51.100.${next}` })
      return said('Redis answers again').length > 0 ? true : undefined
    })
    const before = (await points()).toSorted()
    await inDatabase.succeeded()
    expect((await points()).toSorted(), 'there it goes back').toEqual([0, ...before.filter((_, n) => n > 0)])
    expect(redis.numbersAt('clientAuth'), 'and nowhere else').toEqual([3])
  })

  it('and forgot everything owes nothing either', async () => {
    const { guard, redis, passing } = await worldWith()
    const taken = await Promise.all(times(4).map(() => guard.limits.take('clientAuth', keys)))
    redis.forget()
    for (const { succeeded } of taken) await succeeded()
    expect(redis.numbersAt('clientAuth')).toEqual([0])
    expect(await passing()).toBe(5)
  })

  it('from the beginning stops nothing', async () => {
    const redis = await redisStandIn()
    await redis.stop()
    const { guard, countOf } = await guardWorld({ env: { REDIS_URL: redis.url } })
    const taken = await Promise.all(times(50).map(() => guard.limits.take('registration', keys)))
    expect(taken.filter(({ ok }) => ok)).toHaveLength(5)
    expect(await countOf('rate_limits')).toBe(1)
  })

  it('that takes connections and answers nothing is waited for once, and not by everybody', async () => {
    const { passing, take, redis } = await worldWith()
    await passing('203.0.113.1')
    redis.freeze(true)
    const took = undisturbedSince()
    expect(await passing('203.0.113.2')).toBe(5)
    await Promise.all(times(100).map((n) => take(`198.51.100.${n}`)))
    expect(took()).toBeLessThan(3000)
  })

  it('with a wrong password counts in the database', async () => {
    const redis = await redisStandIn({ password: 'right' })
    const { guard, countOf, log } = await guardWorld({
      env: { REDIS_URL: redis.url.replace('right', 'wrong-hunter2') },
    })
    expect((await guard.limits.take('registration', keys)).ok).toBe(true)
    expect(await countOf('rate_limits')).toBe(1)
    expect(log.text()).not.toContain('hunter2')
  })

  it('without TLS where TLS was asked for counts in the database', async () => {
    const redis = await redisStandIn()
    const { guard, countOf } = await guardWorld({ env: { REDIS_URL: redis.url.replace('redis:', 'rediss:') } })
    expect((await guard.limits.take('registration', keys)).ok).toBe(true)
    expect(await countOf('rate_limits')).toBe(1)
    expect(redis.seen).toEqual([])
  })
})
