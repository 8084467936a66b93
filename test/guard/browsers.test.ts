import type { Context } from 'hono'
import { describe, expect, it } from 'vitest'
import { newBrowser } from '../../src/guard/browsers/browser.ts'
import type { HttpEnv } from '../../src/http/env.ts'
import { testHttp } from '../http/support.ts'
import { type GuardWorld, guardWorld, somebody } from './support.ts'

const DAY = 86_400_000

/** Pages that show what a surface would do with the guard's browsers, over the real stack. */
function pagesOf({ guard }: GuardWorld) {
  const { app } = testHttp()
  app.get('/look', (c: Context<HttpEnv>) => c.text(guard.browsers.of(c).hash.toString('hex')))
  app.get('/keep', (c: Context<HttpEnv>) => {
    const browser = guard.browsers.of(c)
    guard.browsers.keep(c, browser)
    return c.text(browser.hash.toString('hex'))
  })
  return async (path: string, cookie?: string) => {
    const answer = await app.request(`https://id.example.com${path}`, { headers: cookie ? { cookie } : {} })
    return { hash: await answer.text(), cookie: answer.headers.get('set-cookie') }
  }
}

const remember = ({ within, guard }: GuardWorld, user: ReturnType<typeof somebody>, hash: string) =>
  within((tx) => guard.browsers.remember(tx, user, { ...newBrowser(), hash: Buffer.from(hash, 'hex') }))

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
    const { cookie, hash } = await pagesOf(world)('/keep')
    await remember(world, somebody(), hash)
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
    const { hash } = await pagesOf(world)('/keep')
    const browser = { ...newBrowser(), hash: Buffer.from(hash, 'hex'), isFresh: false }
    expect(await world.guard.browsers.isKnown(ada, browser)).toBe(false)
    expect(await remember(world, ada, hash)).toBe('first')
    expect(await remember(world, ada, hash)).toBe('known')
    world.clock.advance(3 * DAY)
    expect(await remember(world, ada, hash)).toBe('known')
    expect(await world.guard.browsers.isKnown(ada, browser)).toBe(true)
    expect(await world.guard.browsers.isKnown(grace, browser)).toBe(false)
    expect(await world.guard.browsers.isKnown(undefined, browser)).toBe(false)
    expect(await remember(world, grace, hash)).toBe('first')
    const { hash: second } = await pagesOf(world)('/keep')
    expect(await remember(world, ada, second)).toBe('new')
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
    await browsers.forgetOld()
    expect(await browsers.isKnown(ada, old)).toBe(false)
    expect(await browsers.isKnown(grace, own)).toBe(true)
    expect(await world.within((tx) => browsers.forgetAll(tx, grace))).toBe(1)
    expect(await browsers.isKnown(grace, own)).toBe(false)
  })
})
