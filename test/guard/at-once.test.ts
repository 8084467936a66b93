import { describe, expect, it } from 'vitest'
import { atOnce, type GuardWorld, guardWorlds, MINUTE, somebody } from './support.ts'

const guardWorld = guardWorlds()

/** Two processes of one instance: each with a memory and connections of its own. */
const twoOf = ({ guard, instance }: GuardWorld) => [guard, instance()] as const

describe('two hundred guesses at once, over two processes', () => {
  it('are judged five times: each reserves its failure before anything is judged (threat 15)', async () => {
    const world = await guardWorld()
    const both = twoOf(world)
    const user = somebody()
    const begun = await atOnce(200, (n) => world.begin({ user }, both[n % 2]?.lockout))
    expect(begun.filter(({ kind }) => kind === 'go')).toHaveLength(5)
    expect(new Set(begun.map(({ kind }) => kind))).toEqual(new Set(['go', 'locked']))
  })

  it('are judged once when one is left, also for a second factor and an address that leads to nobody', async () => {
    const world = await guardWorld()
    const both = twoOf(world)
    const attempt = { pool: 'second-factor', email: 'nobody@example.com' } as const
    await world.failTimes(4, attempt)
    const begun = await atOnce(200, (n) => world.begin(attempt, both[n % 2]?.lockout))
    expect(begun.filter(({ kind }) => kind === 'go')).toHaveLength(1)
  })

  it('never take a last failure twice', async () => {
    const world = await guardWorld({ yaml: 'lockout: { steps: "100:1s", offAfter: 40 }' })
    const both = twoOf(world)
    const begun = await atOnce(200, (n) => world.begin({}, both[n % 2]?.lockout))
    expect(begun.filter(({ kind }) => kind === 'go')).toHaveLength(40)
    expect(new Set(begun.map(({ kind }) => kind))).toEqual(new Set(['go', 'off']))
  })

  it('pass a limit of ten exactly ten times', async () => {
    const world = await guardWorld()
    const both = twoOf(world)
    const email = world.guard.emailKey('ada@example.com')
    const taken = await atOnce(200, async (n) => both[n % 2]?.limits.take('signIn', { email }))
    expect(taken.filter((verdict) => verdict?.ok)).toHaveLength(10)
  })

  it('pass no more where a window ends and the next begins', async () => {
    const world = await guardWorld()
    const both = twoOf(world)
    const email = world.guard.emailKey('ada@example.com')
    const burst = () => atOnce(60, async (n) => both[n % 2]?.limits.take('signIn', { email }))
    const window = 15 * MINUTE
    world.clock.set(new Date(Math.ceil(world.clock.now().getTime() / window) * window + window - 1))
    expect((await burst()).filter((verdict) => verdict?.ok)).toHaveLength(10)
    world.clock.advance(1001)
    expect(
      (await burst()).filter((verdict) => verdict?.ok),
      'a fixed window would let ten more pass',
    ).toHaveLength(0)
    world.clock.advance(window / 2)
    expect((await burst()).filter((verdict) => verdict?.ok)).toHaveLength(5)
  })
})
