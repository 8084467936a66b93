import type { Context } from 'hono'
import { describe, expect, it } from 'vitest'
import { type Browser, browserIn, newBrowser } from '../../src/guard/browsers/browser.ts'
import { guardJobHandlers } from '../../src/guard/cleanup.ts'
import type { HttpEnv } from '../../src/http/env.ts'
import { testHttp } from '../http/support.ts'
import { type GuardWorld, guardWorlds, somebody } from './support.ts'

const guardWorld = guardWorlds()

const DAY = 86_400_000

/** Pages that show what a surface would do with the guard's browsers, over the real stack. */
function pagesOf({ guard }: GuardWorld) {
  const { app } = testHttp()
  app.get('/look', (c: Context<HttpEnv>) => c.text(guard.browserCookie.of(c).hash.toString('hex')))
  app.get('/keep', (c: Context<HttpEnv>) => {
    const browser = guard.browserCookie.of(c)
    guard.browserCookie.keep(c, browser)
    return c.text(browser.hash.toString('hex'))
  })
  return async (path: string, cookie?: string) => {
    const answer = await app.request(`https://id.example.com${path}`, { headers: cookie ? { cookie } : {} })
    return { hash: await answer.text(), cookie: answer.headers.get('set-cookie') }
  }
}

const remember = ({ within, guard }: GuardWorld, user: ReturnType<typeof somebody>, browser: Browser) =>
  within((tx) => guard.browsers.remember(tx, user, browser))

describe('a known browser', () => {
  it('is told by a long random cookie that scripts cannot read and that says nothing of who uses it', async () => {
    const ask = pagesOf(await guardWorld())
    const { cookie, hash } = await ask('/keep')
    expect(cookie).toMatch(/^__Host-browser=[\w-]{43};/)
    expect(cookie).toContain('Max-Age=34560000')
    for (const flag of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(flag)
    const pair = cookie?.split(';')[0] ?? ''
    expect((await ask('/look', pair)).hash).toBe(hash)
    expect((await ask('/keep', pair)).cookie, 'the same, for as long again').toContain(pair)
    expect((await ask('/look')).cookie, 'looking leaves nothing').toBeNull()
    expect((await ask('/keep')).cookie).not.toContain(pair)
  })

  it('is stored by a hash: nobody who reads the table holds a cookie', async () => {
    const world = await guardWorld()
    const { cookie } = await pagesOf(world)('/keep')
    const sent = browserIn(cookie?.split(/[=;]/)[1])
    if (!sent) throw new Error('no cookie')
    await remember(world, somebody(), { ...sent, isFresh: true })
    const hash = sent.hash.toString('hex')
    const { rows } = await world.root.query('SELECT k::text AS text FROM known_browsers k')
    const token = cookie?.split(/[=;]/)[1] ?? ''
    expect(rows[0].text).toContain(hash)
    expect(rows[0].text).not.toContain(token)
    expect(rows[0].text).not.toContain(Buffer.from(token, 'base64url').toString('hex'))
  })

  it.each(['', 'x', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}B`, 'Ä'.repeat(43)])(
    'is not told by what was never written here: %j',
    async (value) => {
      const ask = pagesOf(await guardWorld())
      const [one, other] = [
        await ask('/look', `__Host-browser=${value}`),
        await ask('/look', `__Host-browser=${value}`),
      ]
      expect(one.hash, 'each is a new one').not.toBe(other.hash)
    },
  )

  it('is news once, to each account', async () => {
    const world = await guardWorld()
    const [ada, grace] = [somebody(), somebody()]
    const browser = await world.knownBrowser(ada)
    expect(await remember(world, ada, browser)).toEqual({ kind: 'known', browser })
    world.clock.advance(3 * DAY)
    expect(await remember(world, ada, browser)).toEqual({ kind: 'known', browser })
    expect(await world.guard.browsers.isKnown(ada, browser)).toBe(true)
    expect(await world.guard.browsers.isKnown(grace, browser)).toBe(false)
    expect(await world.guard.browsers.isKnown(undefined, browser)).toBe(false)
    expect(await remember(world, grace, browser)).toMatchObject({ kind: 'first' })
    expect(await remember(world, ada, newBrowser())).toMatchObject({ kind: 'new' })
  })

  it('is news also after all of them were forgotten, as a recovery or a lock does: it may be the thief who comes next', async () => {
    const world = await guardWorld()
    const [ada, grace] = [somebody(), somebody()]
    const own = await world.knownBrowser(ada)
    await world.within((tx) => world.guard.browsers.forgetAll(tx, ada))
    expect(await remember(world, ada, own)).toMatchObject({ kind: 'new' })
    const both = await Promise.all([remember(world, grace, newBrowser()), remember(world, grace, newBrowser())])
    expect(both.map(({ kind }) => kind).toSorted(), 'of two at once').toEqual(['first', 'new'])
  })

  it('gets another name when an account first meets it: one that a stranger planted opens nothing', async () => {
    const world = await guardWorld()
    const [stranger, ada] = [somebody(), somebody()]
    const planted = await world.knownBrowser(stranger)
    await world.failTimes(3, { user: stranger, browser: planted })
    const { kind, browser } = await remember(world, ada, planted)
    expect(kind).toBe('first')
    expect(browser.hash).not.toEqual(planted.hash)
    const met = { ...browser, isFresh: false }
    const { isKnown } = world.guard.browsers
    expect(await isKnown(ada, planted)).toBe(false)
    expect(await isKnown(ada, met)).toBe(true)
    // Two who share a browser are not strangers to it in turns, and begin no count anew by it.
    expect([await isKnown(stranger, met), await isKnown(stranger, planted)]).toEqual([true, false])
    expect((await world.fail({ user: stranger, browser: met })).failures).toBe(4)
    expect(await remember(world, stranger, met)).toEqual({ kind: 'known', browser: met })
    expect(await remember(world, ada, met)).toEqual({ kind: 'known', browser: met })

    const unknown = newBrowser()
    const second = await remember(world, somebody(), { ...unknown, isFresh: false })
    expect(second.browser.hash, 'nor one that nobody knew').not.toEqual(unknown.hash)
  })

  it('is one of twenty at most: the one that was seen least lately goes', async () => {
    const world = await guardWorld()
    const user = somebody()
    const first = await world.knownBrowser(user)
    world.clock.advance(1000)
    const second = await world.knownBrowser(user)
    for (let more = 0; more < 19; more += 1) {
      world.clock.advance(1000)
      await world.knownBrowser(user)
    }
    expect(await world.countOf('known_browsers')).toBe(20)
    expect(await world.guard.browsers.isKnown(user, first)).toBe(false)
    expect(await world.guard.browsers.isKnown(user, second)).toBe(true)
  })

  it('is forgotten when it was not seen for 400 days, or when its owner says so', async () => {
    const world = await guardWorld()
    const { browsers } = world.guard
    const [ada, grace] = [somebody(), somebody()]
    const [old, own] = [await world.knownBrowser(ada), await world.knownBrowser(grace)]
    world.clock.advance(200 * DAY)
    await world.within((tx) => browsers.remember(tx, grace, own))
    world.clock.advance(201 * DAY)
    const deps = { owner: world.services.database.owner, lockout: world.guard.lockout, browsers }
    const [job] = guardJobHandlers(deps)
    await job?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
    expect(await browsers.isKnown(ada, old)).toBe(false)
    expect(await browsers.isKnown(grace, own)).toBe(true)
    expect(await world.within((tx) => browsers.forgetAll(tx, grace))).toBe(1)
    expect(await browsers.isKnown(grace, own)).toBe(false)
  })
})
