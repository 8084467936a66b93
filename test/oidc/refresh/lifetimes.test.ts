import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { lifetimesOf } from '../../../src/config/lifetimes.ts'
import { accessTokenTtl, expiryOf } from '../../../src/oidc/refresh/lifetimes.ts'
import { testConfig } from '../../support/config.ts'
import { authorization, openHouse } from '../support.ts'
import { firstToken, outcomeOf, REFUSED, refreshing } from './support.ts'

const day = 86_400_000
const good = /^[\w-]{43}$/
const offline = { scope: 'openid offline_access', prompt: 'consent' }

it.each([
  { instance: 900, api: null, client: null, ttl: 900 },
  { instance: 900, api: 3600, client: null, ttl: 3600 },
  { instance: 900, api: null, client: 60, ttl: 60 },
  { instance: 900, api: 3600, client: 60, ttl: 60 },
  { instance: 900, api: 60, client: 3600, ttl: 60 },
])(
  'an access token lives for what its API ($api) and its client ($client) say, the shorter of the two: $ttl',
  (given) => {
    expect(accessTokenTtl(given)).toBe(given.ttl)
  },
)

it('a client has lifetimes of its own, and no token of a session outlives the session', () => {
  const instance = lifetimesOf(testConfig())
  const at = new Date('2030-01-15T12:00:00.000Z')
  const days = (client: { idle?: number; absolute?: number }, session?: Date, now = at) => {
    const own = { refreshIdleTtl: client.idle ?? null, refreshAbsoluteTtl: client.absolute ?? null }
    return (expiryOf(instance, own, { at, session }, now).getTime() - at.getTime()) / day
  }
  expect(days({}, at)).toBe(7)
  expect(days({}, undefined)).toBe(30)
  expect(days({ idle: 3600 * 24 * 2 }, at)).toBe(2)
  expect(days({ idle: 3600 * 24 * 9, absolute: 3600 * 24 * 5 }, at)).toBe(5)
  expect(days({}, new Date(at.getTime() - 28 * day)), 'two days of the session are left').toBe(2)
  expect(days({}, at, new Date(at.getTime() + 29 * day))).toBe(30)
})

describe('by the clock', () => {
  it('[MON-3] [TOS-1] a refresh token that nobody uses is over after 7 days; each use gives it 7 more', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const refresh = refreshing(house, client)
    let token = await firstToken(house, client)
    for (const _ of [1, 2]) {
      house.clock.advance(7 * day - 2000)
      token = outcomeOf(await refresh(token))
      expect(token).toMatch(good)
    }
    house.clock.advance(7 * day)
    expect(outcomeOf(await refresh(token))).toBe(REFUSED)
    expect(house.toldOfReplay, 'it was no replay').toEqual([])
  })

  it('however often they are used, refresh tokens end 30 days after the first', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const refresh = refreshing(house, client)
    let token = await firstToken(house, client)
    for (const days of [6, 6, 6, 6, 5.9]) {
      house.clock.advance(days * day)
      token = outcomeOf(await refresh(token))
      expect(token).toMatch(good)
    }
    house.clock.advance(0.1 * day)
    expect(outcomeOf(await refresh(token))).toBe(REFUSED)
  })

  it('what a client has of its own counts from the next use on, for tokens that there are, too', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient({ refreshIdleTtl: 3600, refreshAbsoluteTtl: 7200 })
    const refresh = refreshing(house, client)
    const first = await firstToken(house, client)
    house.clock.advance(3_599_000)
    const second = outcomeOf(await refresh(first))
    expect(second).toMatch(good)
    house.clock.advance(3_599_000)
    const third = outcomeOf(await refresh(second))
    expect(third).toMatch(good)
    house.clock.advance(2000)
    expect(outcomeOf(await refresh(third))).toBe(REFUSED)
  })

  it('[MOS-7] a refresh is a use of the session: the browser stays signed in, and is signed out 14 days after the last', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const refresh = refreshing(house, client)
    const browser = house.browser()
    const isSignedIn = async () => {
      const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
      const location = (await browser.get(url)).headers.get('location') ?? ''
      return new URL(location).searchParams.has('code')
    }
    let token = await firstToken(house, client, { browser })
    for (const days of [6, 6, 6]) {
      house.clock.advance(days * day)
      token = outcomeOf(await refresh(token))
    }
    expect(await isSignedIn(), 'after 18 days in which no page was opened').toBe(true)
    house.clock.advance(14 * day)
    expect(await isSignedIn()).toBe(false)
  })

  it('a session in use ends at its absolute limit: the browser is signed out, and its tokens end', async () => {
    const house = await openHouse({ sessionLifetimes: { idle: 2 * day, absolute: 5 * day } })
    await house.addPerson()
    const client = await house.addClient()
    const refresh = refreshing(house, client)
    const browser = house.browser()
    let token = await firstToken(house, client, { browser })
    const kept = await firstToken(house, client, { browser, ...offline })
    for (const days of [1.5, 1.5, 1.5]) {
      house.clock.advance(days * day)
      token = outcomeOf(await refresh(token))
      expect(token).toMatch(good)
    }
    house.clock.advance(0.5 * day)
    expect(outcomeOf(await refresh(token))).toBe(REFUSED)
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    expect((await browser.get(url)).headers.get('location')).toContain('login_required')
    expect(outcomeOf(await refresh(kept)), 'what was granted for offline has times of its own').toMatch(good)
  })

  it('the cookie of the session ends with the session at the latest', async () => {
    const house = await openHouse({ sessionLifetimes: { idle: 2 * day, absolute: 5 * day } })
    await house.addPerson()
    const client = await house.addClient()
    const browser = house.browser()
    const began = house.clock.now().getTime()
    // The engine's cookies go by the time of day, which would have gone on.
    onTestFinished(() => void vi.useRealTimers())
    vi.setSystemTime(began)
    await firstToken(house, client, { browser })
    const lifetime = browser.cookies
      .filter((line) => /^session=/.test(line))
      .map((line) => /expires=([^;]+)/.exec(line))
    const ends = lifetime.flatMap((found) => (found ? [Date.parse(found[1] ?? '')] : []))
    expect(ends.length).toBeGreaterThan(0)
    expect(Math.max(...ends)).toBeLessThanOrEqual(began + 5 * day + 2000)
    expect(Math.max(...ends)).toBeGreaterThan(began + 5 * day - 10_000)
  })

  it('offline access is over after 30 days without a use, and a year after the first', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await house.addClient()
    const refresh = refreshing(house, client)
    let token = await firstToken(house, client, offline)
    for (let used = 0; used < 12; used++) {
      house.clock.advance(29.9 * day)
      token = outcomeOf(await refresh(token))
      expect(token).toMatch(good)
    }
    house.clock.advance(365 * day - 12 * 29.9 * day)
    expect(outcomeOf(await refresh(token))).toBe(REFUSED)
    const idle = await firstToken(house, client, offline)
    house.clock.advance(30 * day)
    expect(outcomeOf(await refresh(idle))).toBe(REFUSED)
  })
})
