import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import type { User } from '../../src/users/user.ts'
import { type Login, openLogin } from './support.ts'

const password = 'a hearth keeps the house warm'
const email = 'ada@example.com'
const right = { email, password }
const wrong = { email, password: 'not this one at all' }
const MINUTE = 60_000

let login: Login
let ada: User
beforeEach(async () => {
  login = await openLogin({ guarded: true })
  ada = await login.addPerson(email, password)
})

const attempt = (fields: Record<string, string>, more: Record<string, string> = {}) =>
  login.browser(login.engine.begin()).post('', fields, more)

const failed = async (times: number, fields = wrong, more: Record<string, string> = {}) => {
  for (let time = 0; time < times; time += 1) expect((await attempt(fields, more)).status).toBe(303)
}

/** A browser in which somebody has signed in: what it was given to keep. */
async function browserThatSignedIn(fields = right) {
  const pending = login.engine.begin()
  const answer = await login.browser(pending).post('', fields)
  expect(answer.headers.get('location')).toBe(`/oauth/authorize/${pending.uid}`)
  const [cookie = ''] = answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  expect(cookie).toMatch(/browser=/)
  return (uid: string) => ({ cookie: `interaction=${uid}; ${cookie}` })
}

describe('[MON-8] somebody who guesses at an account', () => {
  it('is told to wait after five failures, and then not even judged', async () => {
    await failed(5)
    const judged = login.verifications.length
    for (const fields of [wrong, right]) {
      const answer = await attempt(fields)
      expect(answer.status).toBe(429)
      expect(Number(answer.headers.get('retry-after'))).toBe(300)
      expect(await answer.text()).toContain('5 minutes')
    }
    expect(login.verifications).toHaveLength(judged)
    login.clock.advance(5 * MINUTE + 1000)
    expect((await attempt(right)).headers.get('location')).toContain('/oauth/authorize/')
  })

  it('[threat 25] hears with the failure that begins a pause how long it is, of an address that nobody has as well', async () => {
    const unknown = { ...wrong, email: 'bob@example.com' }
    const told: string[][] = []
    for (const fields of [wrong, unknown]) {
      await failed(4, fields)
      const { sent, page } = await login.browser(login.engine.begin()).send(fields)
      expect(sent.status).toBe(303)
      expect(page).toContain('is not right')
      expect(page).toContain('You can try again in 5 minutes.')
      const same = page.replaceAll(fields.email, email).replaceAll(/\/login\/[\w-]+|back=[\w-]+/g, '')
      told.push([same, String(sent.headers.get('set-cookie')?.length)])
    }
    expect(told[1]).toEqual(told[0])
    expect(await login.eventRows('lockout.began')).toHaveLength(2)
    expect(await login.eventRows('sign_in.failed')).toHaveLength(10)
  })

  it('sees what is left of it', async () => {
    await failed(4)
    const pending = login.engine.begin()
    const { note } = await login.browser(pending).send(wrong)
    const look = async () =>
      (await login.browser(pending).get('', { cookie: `interaction=${pending.uid}; ${note}` })).text()
    login.clock.advance(299_000)
    expect(await look()).toContain('You can try again in 1 second.')
  })

  it('who is a program is told by Retry-After', async () => {
    const accept = { accept: 'application/json' }
    for (let time = 0; time < 4; time += 1)
      expect((await attempt(wrong, accept)).headers.has('retry-after')).toBe(false)
    const fifth = await attempt(wrong, accept)
    expect([fifth.status, fifth.headers.get('retry-after')]).toEqual([401, '300'])
  })

  it('[threat 25] is told the same of an address that nobody has', async () => {
    const unknown = { ...wrong, email: 'nobody@example.com' }
    await failed(5)
    await failed(5, unknown)
    const [known, stranger] = [await attempt(wrong), await attempt(unknown)]
    expect(stranger.status).toBe(known.status)
    const body = async (answer: Response) =>
      (await answer.text()).replaceAll('nobody@example.com', email).replaceAll(/\/login\/[\w-]+|back=[\w-]+/g, '')
    expect(await body(stranger)).toBe(await body(known))
  })

  it('[threat 15] of two hundred guesses at once no more are judged than five', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => attempt(wrong).catch((error: unknown) => error)),
    )
    expect(login.verifications.length).toBeLessThanOrEqual(5)
    expect(answers.filter((answer) => answer instanceof Response && answer.status === 429).length).toBeGreaterThan(100)
  })

  it('begins at zero after a completed sign-in, and after nothing less', async () => {
    await failed(4)
    await browserThatSignedIn()
    await failed(4)
    expect((await attempt(right)).status).toBe(303)
  })

  it('does not count a right password that is sent again, by an impatient finger or the way back', async () => {
    const pending = login.engine.begin()
    for (let time = 0; time < 8; time += 1) expect((await login.browser(pending).post('', right)).status).toBe(303)
    expect((await attempt(right)).headers.get('location')).toContain('/oauth/authorize/')
  })

  it('does not lock the owner out of a browser in which they have signed in before', async () => {
    const known = await browserThatSignedIn()
    await failed(5)
    expect((await attempt(right)).status).toBe(429)
    const pending = login.engine.begin()
    const answer = await login.browser(pending).post('', right, known(pending.uid))
    expect(answer.headers.get('location')).toBe(`/oauth/authorize/${pending.uid}`)
  })

  it('is not charged for a server that has no time', async () => {
    login.duringVerify(async () => {
      throw new AppError('busy', { retryAfter: 2 })
    })
    for (let time = 0; time < 8; time += 1) expect((await attempt(right)).status).toBe(503)
    login.duringVerify(async () => 'match')
    expect((await attempt(right)).headers.get('location')).toContain('/oauth/authorize/')
  })
})

it('[MON-9] ten attempts with one address in a quarter of an hour are enough, and the answer says when there are more', async () => {
  for (let time = 0; time < 10; time += 1) {
    await attempt(wrong)
    // Past every pause, and within the window.
    if (time === 4) login.clock.advance(5 * MINUTE + 1000)
  }
  const answer = await attempt(wrong)
  expect(answer.status).toBe(429)
  expect(answer.headers.get('ratelimit')).toContain('signIn.email')
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
})

it('[TOS-7] five failures from one address are enough where the limit counts failures, and no right sign-in is one', async () => {
  login = await openLogin({ guarded: true, preset: 'toster' })
  await login.addPerson(email, password)
  for (let time = 0; time < 8; time += 1)
    expect((await attempt(right)).headers.get('location')).toContain('/oauth/authorize/')
  for (let time = 0; time < 5; time += 1)
    expect((await attempt({ ...wrong, email: `guess-${time}@example.com` })).status).toBe(303)
  const answer = await attempt({ ...wrong, email: 'one-more@example.com' })
  expect(answer.status).toBe(429)
  expect(answer.headers.get('ratelimit')).toContain('failuresByIp')
  expect((await attempt(right)).status, 'whoever it is').toBe(429)
})

describe('the owner', () => {
  it('hears of a sign-in in a browser that the account does not know, and of no other', async () => {
    const known = await browserThatSignedIn()
    expect(login.newDevices).toEqual([])
    const pending = login.engine.begin()
    await login.browser(pending).post('', right, known(pending.uid))
    expect(login.newDevices).toEqual([])
    await browserThatSignedIn()
    expect(login.newDevices).toMatchObject([{ user: ada.id, userAgent: expect.stringContaining('Firefox') }])
  })

  it('hears of a stranger whose cookie was in the browser before: it is another one from the first sign-in on', async () => {
    const eve = { email: 'eve@example.com', password }
    await login.addPerson(eve.email, password)
    const planted = await browserThatSignedIn(eve)
    const pending = login.engine.begin()
    const answer = await login.browser(pending).post('', right, planted(pending.uid))
    const [own = ''] = answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
    expect(own).toMatch(/browser=/)
    expect(planted('x').cookie).not.toContain(own)
    expect(login.newDevices).toEqual([])

    const again = login.engine.begin()
    await login.browser(again).post('', right, { cookie: `interaction=${again.uid}; ${own}` })
    expect(login.newDevices, 'the owner is met again').toEqual([])
    const eves = login.engine.begin()
    await login.browser(eves).post('', right, planted(eves.uid))
    expect(login.newDevices, 'the stranger is not').toMatchObject([{ user: ada.id }])
  })

  it('who changes the password while somebody signs in with the former one keeps them out', async () => {
    const { db } = login.parts
    // In the same moment: whether it is the same password is not told by the time.
    login.duringVerify(async () => {
      await login.setPassword(ada, 'coal, kindling and a match')
      return 'match'
    })
    const { page } = await login.browser(login.engine.begin()).send(right)
    expect(page).toContain('is not right')
    expect(await db.selectFrom('sessions').selectAll().execute()).toEqual([])
  })
})
