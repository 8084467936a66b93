import { describe, expect, it } from 'vitest'
import { NOBODY } from '../../src/audit/sealer.ts'
import { newBrowser } from '../../src/guard/browsers/browser.ts'
import type { Begun } from '../../src/guard/lockout/lockout.ts'
import { admin, guardWorlds, MINUTE, somebody } from './support.ts'

const guardWorld = guardWorlds()

const minutesOf = (begun: Begun, now: Date) =>
  begun.kind === 'locked' ? (begun.until.getTime() - now.getTime()) / MINUTE : begun.kind

describe('the progressive lockout', () => {
  it('[MON-8] pauses 5, 10, 15 and 60 minutes after 5, 10, 15 and 20 failures in a row, and 60 after every further one', async () => {
    const { begin, failTimes, clock } = await guardWorld()
    for (const minutes of [5, 10, 15, 60]) {
      await failTimes(5)
      expect(minutesOf(await begin(), clock.now())).toBe(minutes)
      clock.advance(minutes * MINUTE - 1)
      expect((await begin()).kind).toBe('locked')
      clock.advance(1)
    }
    for (const further of [21, 22, 23]) {
      await failTimes(1)
      expect([further, minutesOf(await begin(), clock.now())]).toEqual([further, 60])
      clock.advance(60 * MINUTE)
    }
  })

  it('[MON-8] [TOS-7] ends by itself', async () => {
    const { begin, failTimes, clock } = await guardWorld()
    await failTimes(5)
    expect((await begin()).kind).toBe('locked')
    clock.advance(5 * MINUTE)
    expect((await begin()).kind).toBe('go')
  })

  it('neither judges nor counts while it lasts', async () => {
    const { begin, fail, failTimes, clock } = await guardWorld()
    await failTimes(5)
    for (let time = 0; time < 30; time += 1) expect((await begin()).kind).toBe('locked')
    clock.advance(5 * MINUTE)
    expect((await fail()).failures).toBe(6)
  })

  it('takes the steps of the configuration', async () => {
    const { begin, failTimes, clock } = await guardWorld({ yaml: 'lockout: { steps: "2:1m, 3:2h" }' })
    await failTimes(2)
    expect(minutesOf(await begin(), clock.now())).toBe(1)
    clock.advance(MINUTE)
    await failTimes(1)
    expect(minutesOf(await begin(), clock.now())).toBe(120)
  })

  it('survives a restart and is shared by instances', async () => {
    const { begin, failTimes, instance } = await guardWorld()
    await failTimes(5)
    expect((await begin({}, instance().lockout)).kind).toBe('locked')
  })

  it('begins anew with a completed sign-in, and with nothing less', async () => {
    const { begin, fail, failTimes, complete, guard, clock } = await guardWorld()
    const user = somebody()
    await failTimes(4, { user })
    const right = await begin({ user })
    if (right.kind !== 'go') throw new Error(right.kind)
    await guard.lockout.giveBack(right.ticket)
    clock.advance(24 * 60 * MINUTE)
    expect((await begin({ user })).kind).toBe('go')
    expect((await begin({ user })).kind, 'four failures, and the right factor was not a fifth').toBe('locked')

    clock.advance(5 * MINUTE)
    await complete(user)
    expect((await fail({ user })).failures).toBe(1)
  })

  it('counts nobody for whom the factor was right, however often', async () => {
    const { begin, guard } = await guardWorld()
    for (let time = 0; time < 30; time += 1) {
      const begun = await begin()
      if (begun.kind !== 'go') throw new Error(`${begun.kind} at ${time}`)
      await guard.lockout.giveBack(begun.ticket)
    }
  })

  it('lets the fifth be the right one: its pause was reserved, not earned', async () => {
    const { begin, failTimes, guard } = await guardWorld()
    await failTimes(4)
    const fifth = await begin()
    if (fifth.kind !== 'go') throw new Error(fifth.kind)
    expect((await begin()).kind).toBe('locked')
    await guard.lockout.giveBack(fifth.ticket)
    expect((await begin()).kind).toBe('go')
  })

  it('gives nothing back to a count that has begun anew', async () => {
    const { begin, fail, complete, guard } = await guardWorld()
    const user = somebody()
    const old = await begin({ user })
    if (old.kind !== 'go') throw new Error(old.kind)
    await complete(user)
    await fail({ user })
    await guard.lockout.giveBack(old.ticket)
    expect((await fail({ user })).failures).toBe(2)
  })

  it('counts whoever dies before the verdict as failed', async () => {
    const { begin } = await guardWorld()
    for (let time = 0; time < 5; time += 1) expect((await begin()).kind).toBe('go')
    expect((await begin()).kind).toBe('locked')
  })
})

describe('an identity', () => {
  it('is counted the same whether it leads to somebody or not', async () => {
    const { begin, failTimes, clock } = await guardWorld()
    const user = somebody()
    await failTimes(5, { user })
    await failTimes(5, { email: 'nobody@example.com' })
    const [known, unknown] = [await begin({ user }), await begin({ email: 'nobody@example.com' })]
    expect(known).toEqual(unknown)
    expect(minutesOf(known, clock.now())).toBe(5)
  })

  it.each([
    ['ada@example.com', 'ADA@Example.COM'],
    ['ada@example.com', ' ada@example.com '],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['no address', ' NO Address '],
    ['ａda@example.com', 'ａDA@EXAMPLE.com'],
  ])('has one counter for every spelling of it (threats 16, 23): %s, %s', async (one, other) => {
    const { begin, failTimes } = await guardWorld()
    await failTimes(3, { email: one })
    await failTimes(2, { email: other })
    expect((await begin({ email: one })).kind).toBe('locked')
    expect((await begin({ email: other })).kind).toBe('locked')
  })

  it('has one counter for all its addresses: it is the account that is guessed at', async () => {
    const { begin, failTimes } = await guardWorld()
    const user = somebody()
    await failTimes(3, { user, email: 'ada@example.com' })
    await failTimes(2, { user, email: 'lovelace@example.com' })
    expect((await begin({ user, email: 'third@example.com' })).kind).toBe('locked')
  })

  it('is not another one', async () => {
    const { begin, failTimes } = await guardWorld()
    await failTimes(5)
    expect((await begin({ email: 'grace@example.com' })).kind).toBe('go')
    expect((await begin({ user: somebody() })).kind).toBe('go')
  })

  it('stands nowhere in plain', async () => {
    const { failTimes, root } = await guardWorld()
    const user = somebody()
    await failTimes(5, { email: 'ada@example.com' })
    await failTimes(5, { user })

    const { rows } = await root.query('SELECT l::text AS text FROM lockouts l')
    const text = rows.map((row) => row.text).join('\n')
    // Not the name alone: it is made of digits that a hash in here has, too.
    expect(text).not.toMatch(/ada@|example/)
    expect(text).not.toContain(user.slice(4))
    expect(text.replaceAll('-', '')).not.toContain(user.slice(4))
    expect(text).not.toContain(Buffer.from('ada@example.com').toString('hex'))
  })
})

describe('a pool', () => {
  it('is of one factor: a second factor that is guessed at leaves the password alone, and the other way round', async () => {
    const { begin, failTimes } = await guardWorld()
    const user = somebody()
    await failTimes(5, { user, pool: 'second-factor' })
    expect((await begin({ user, pool: 'second-factor' })).kind).toBe('locked')
    await failTimes(4, { user })
    expect((await begin({ user })).kind).toBe('go')
    expect((await begin({ user })).kind).toBe('locked')
  })

  it('begins anew with the other when a sign-in is complete', async () => {
    const { fail, failTimes, complete } = await guardWorld()
    const user = somebody()
    await failTimes(3, { user })
    await failTimes(1, { user, pool: 'second-factor' })
    await complete(user)
    expect((await fail({ user, pool: 'second-factor' })).failures).toBe(1)
    expect((await fail({ user })).failures).toBe(1)
  })
})

describe('a browser that the account knows', () => {
  it('is not locked by what strangers do elsewhere', async () => {
    const { begin, failTimes, knownBrowser } = await guardWorld()
    const user = somebody()
    const own = await knownBrowser(user)
    await failTimes(5, { user })
    expect((await begin({ user })).kind).toBe('locked')
    expect((await begin({ user, browser: newBrowser() })).kind, 'of strangers there is one counter').toBe('locked')
    expect((await begin({ user, browser: own })).kind).toBe('go')
  })

  it('has a counter of its own, which locks', async () => {
    const { begin, failTimes, knownBrowser } = await guardWorld()
    const user = somebody()
    const [own, other] = [await knownBrowser(user), await knownBrowser(user)]
    await failTimes(5, { user, browser: own })
    expect((await begin({ user, browser: own })).kind).toBe('locked')
    expect((await begin({ user, browser: other })).kind).toBe('go')
    expect((await begin({ user })).kind).toBe('go')
  })

  it('is of no use for another account, nor for an address that leads to nobody', async () => {
    const { begin, failTimes, knownBrowser } = await guardWorld()
    const [mallory, ada] = [somebody(), somebody()]
    const malloryBrowser = await knownBrowser(mallory)
    await failTimes(3, { user: ada })
    await failTimes(2, { user: ada, browser: malloryBrowser })
    expect((await begin({ user: ada, browser: malloryBrowser })).kind).toBe('locked')
    await failTimes(5, { browser: malloryBrowser })
    expect((await begin()).kind).toBe('locked')
  })

  it('lifts nobody else’s pause by its own sign-in', async () => {
    const { begin, failTimes, complete, knownBrowser } = await guardWorld()
    const user = somebody()
    const own = await knownBrowser(user)
    await failTimes(5, { user })
    await complete(user, own)
    expect((await begin({ user })).kind).toBe('locked')
  })
})

describe('after a hundred failures in a row', () => {
  it('the factor is off until it is reset: no pause ends it (NIST SP 800-63B-4)', async () => {
    const { begin, failTimes, clock } = await guardWorld({ yaml: 'lockout: { steps: "1:1s" }' })
    for (let time = 0; time < 100; time += 1) {
      expect((await begin()).kind).toBe('go')
      clock.advance(1000)
    }
    expect((await begin()).kind).toBe('off')
    clock.advance(10 * 365 * 24 * 60 * MINUTE)
    expect((await begin()).kind).toBe('off')
    expect((await begin({ pool: 'second-factor' })).kind).toBe('go')
    await failTimes(1, { email: 'grace@example.com' })
  })

  it('or fewer, where the operator chose so', async () => {
    const { begin, failTimes, clock } = await guardWorld({ yaml: 'lockout: { steps: "5:1s", offAfter: 7 }' })
    await failTimes(5)
    clock.advance(1000)
    await failTimes(1)
    clock.advance(1000)
    await failTimes(1)
    expect((await begin()).kind).toBe('off')
  })

  it('stays off whatever the periodic job forgets', async () => {
    const { begin, fail, failTimes, guard, clock, countOf } = await guardWorld({
      yaml: 'lockout: { steps: "50:1s", offAfter: 6 }',
    })
    await failTimes(6)
    await failTimes(1, { email: 'once@example.com' })
    clock.advance(29 * 24 * 60 * MINUTE)
    await guard.lockout.forgetOld()
    expect(await countOf('lockouts')).toBe(2)
    clock.advance(2 * 24 * 60 * MINUTE)
    await guard.lockout.forgetOld()
    expect(await countOf('lockouts')).toBe(1)
    clock.advance(1000 * 24 * 60 * MINUTE)
    await guard.lockout.forgetOld()
    expect((await begin()).kind).toBe('off')
    expect((await fail({ email: 'once@example.com' })).failures).toBe(1)
  })

  it('what had reached a step is remembered for a year', async () => {
    const { fail, failTimes, guard, clock } = await guardWorld()
    await failTimes(5)
    clock.advance(364 * 24 * 60 * MINUTE)
    await guard.lockout.forgetOld()
    expect((await fail()).failures).toBe(6)
    clock.advance(366 * 24 * 60 * MINUTE)
    await guard.lockout.forgetOld()
    expect((await fail()).failures).toBe(1)
  })
})

describe('an administrator', () => {
  it('ends a lockout at once, in every pool and browser, and that is an event', async () => {
    const { begin, failTimes, knownBrowser, guard, events } = await guardWorld()
    const user = somebody()
    const own = await knownBrowser(user)
    await failTimes(5, { user })
    await failTimes(5, { user, pool: 'second-factor' })
    await failTimes(5, { user, browser: own })
    expect(await guard.lockout.end(admin, user)).toBe(true)
    for (const attempt of [{ user }, { user, pool: 'second-factor' as const }, { user, browser: own }])
      expect((await begin(attempt)).kind).toBe('go')
    const [ended, ...more] = await events('lockout.ended')
    expect(more).toEqual([])
    expect(ended).toMatchObject({
      actor_kind: 'operator',
      target_id: user,
      before: { failures: 5, locked: true, off: false },
    })
  })

  it('finds nothing to end where there was nothing, and then nothing is recorded', async () => {
    const { guard, events } = await guardWorld()
    expect(await guard.lockout.end(admin, somebody())).toBe(false)
    expect(await events('lockout.ended')).toEqual([])
  })

  it('or a reset brings a password back that was off', async () => {
    const { begin, failTimes, guard, within } = await guardWorld({ yaml: 'lockout: { steps: "50:1s", offAfter: 5 }' })
    const user = somebody()
    await failTimes(5, { user })
    expect((await begin({ user })).kind).toBe('off')
    await within((tx) => guard.lockout.endIn(tx, admin, user, 'password'))
    expect((await begin({ user })).kind).toBe('go')
  })

  it('inside of a larger change ends the one pool that it is about', async () => {
    const { begin, failTimes, guard, within } = await guardWorld()
    const user = somebody()
    const kinds = async () => [
      (await begin({ user, pool: 'password' })).kind,
      (await begin({ user, pool: 'second-factor' })).kind,
    ]
    await failTimes(5, { user, pool: 'password' })
    await failTimes(5, { user, pool: 'second-factor' })
    expect(await kinds()).toEqual(['locked', 'locked'])
    expect(await within((tx) => guard.lockout.endIn(tx, admin, user, 'password'))).toBe(true)
    expect(await kinds()).toEqual(['go', 'locked'])
    expect(await guard.lockout.end(admin, user)).toBe(true)
    expect(await kinds()).toEqual(['go', 'go'])
  })
})

describe('the log of events', () => {
  it('tells of each step that was reached, once, and of whom; never the address', async () => {
    const { failTimes, events, clock, services, within } = await guardWorld()
    const { keyring } = services
    const user = somebody()
    await within((tx) => keyring.persons.ensure(tx, user))
    await failTimes(5, { user })
    clock.advance(5 * MINUTE)
    await failTimes(5, { user })
    await failTimes(5, { email: 'nobody@example.com' })
    const began = await events('lockout.began')
    expect(began.map(({ target_id, after }) => ({ target_id, after }))).toEqual([
      {
        target_id: user,
        after: expect.objectContaining({ pool: 'password', failures: 5, off: false, knownBrowser: false }),
      },
      { target_id: user, after: expect.objectContaining({ failures: 10 }) },
      { target_id: NOBODY, after: expect.objectContaining({ failures: 5 }) },
    ])
    expect(JSON.stringify(began)).not.toContain('example.com')
  })
})

it('whoever administers sees who is held back: from some browsers for a while, or until a reset', async () => {
  const world = await guardWorld({ yaml: 'lockout: { steps: "2:5m", offAfter: 5 }' })
  const [paused, off, free] = [somebody(), somebody(), somebody()]
  await world.failTimes(2, { user: paused })
  await world.failTimes(1, { user: free })
  for (let time = 0; time < 5; time += 1) {
    await world.fail({ user: off })
    world.clock.advance(6 * MINUTE)
  }
  expect(await world.guard.lockout.heldBack([paused, off, free])).toEqual(new Map([[off, 'off']]))
  await world.fail({ user: paused })
  expect(await world.guard.lockout.heldBack([paused, off, free])).toEqual(
    new Map([
      [paused, 'paused'],
      [off, 'off'],
    ]),
  )
})
