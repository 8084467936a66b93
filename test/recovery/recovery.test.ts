import { describe, expect, it, vi } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { type Browser, newBrowser } from '../../src/guard/browsers/browser.ts'
import { Secret } from '../../src/lib/secret.ts'
import { mailWorld } from '../links/support.ts'
import { statementsDuring } from '../support/statements.ts'
import { password as before } from '../users/support.ts'

const MINUTE = 60_000
const chosen = { password: 'another horse altogether' }

async function asked(person: Parameters<Awaited<ReturnType<typeof mailWorld>>['addPerson']>[0] = {}) {
  const world = await mailWorld()
  const user = await world.addPerson(person)
  const ask = () => world.post('/recover', { email: user.email })
  await ask()
  const verify = (password: string) => world.passwords.verify(user.id, new Secret(password))
  const standing = async () => (await world.users.find(user.id))?.status
  return { ...world, user, ask, verify, standing, link: await world.linkTo('/recover/password') }
}

describe('a forgotten password', () => {
  it('takes with it the letters by which whoever read the mailbox before could lock the owner out', async () => {
    const world = await asked()
    expect((await world.post(world.link, chosen)).status).toBe(303)
    const notMe = await world.linkTo('/link/not-me')
    expect((await world.open(notMe)).status).toBe(200)
    await world.ask()
    expect(
      (await world.post(await world.linkTo('/recover/password'), { password: 'a third one, and long' })).status,
    ).toBe(303)
    expect((await world.open(notMe)).status).toBe(410)
  })

  it('is replaced behind the link that was mailed, the mailbox is proven, and the owner is told', async () => {
    const { user, post, open, link, verify, users, letters, actions } = await asked()
    expect(user.emailVerified).toBe(false)
    expect(await (await open(link)).text()).toContain(user.email)
    const done = await post(link, chosen, {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    })
    expect([done.status, done.headers.get('location')]).toEqual([303, '/recover/done'])
    expect(await (await open('/recover/done')).text(), 'and it can be reloaded').toContain('href="/account"')
    expect(await verify(chosen.password)).toBe('match')
    expect(await verify(before)).toBe('mismatch')
    expect(await users.find(user.id)).toMatchObject({ emailVerified: true, status: 'active' })
    const [, notice] = await letters()
    expect(notice).toMatchObject({ to: user.email, message: 'notice password-changed' })
    expect(notice?.text).toContain('Firefox, Linux')
    expect((await actions()).slice(2)).toEqual([
      'link.issued',
      'link.used',
      'password.set',
      'link.issued',
      'user.email_verified',
      'password.reset',
    ])
  })

  it('signs nobody in: a mailbox is one factor, once', async () => {
    const { post, link, sessions, user } = await asked()
    const done = await post(link, chosen)
    expect(done.headers.getSetCookie()).toEqual([])
    expect(await sessions.listOf(user.id)).toEqual([])
    expect(done.headers.get('location')).toBe('/recover/done')
  })

  it('is not changed by looking, however often: mail scanners open everything', async () => {
    const { open, link, verify, post } = await asked()
    for (let times = 0; times < 3; times += 1) expect((await open(link)).status).toBe(200)
    expect(await verify(before)).toBe('match')
    expect((await post(link, chosen)).status).toBe(303)
  })

  it('is changed once, also by twenty at the same moment', async () => {
    const { post, link, actions } = await asked()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(link, chosen)))
    expect(answers.map(({ status }) => status).filter((status) => status === 303)).toHaveLength(1)
    expect((await actions()).filter((action) => action === 'password.reset')).toHaveLength(1)
  })

  it('is changed once by all of its links at the same moment, and none of them waits for another for ever', async () => {
    const { ask, post, letters, actions } = await asked()
    for (let times = 0; times < 3; times += 1) await ask()
    const links = (await letters()).flatMap((letter) => letter.links).filter((link) => link.includes('/recover/'))
    const answers = await Promise.all(links.map((link) => post(new URL(link).pathname + new URL(link).search, chosen)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 410, 410, 410])
    expect((await actions()).filter((action) => action === 'password.reset')).toHaveLength(1)
  })

  it('has thirty minutes', async () => {
    const { post, open, link, clock, verify } = await asked()
    clock.advance(30 * MINUTE - 1)
    expect((await open(link)).status).toBe(200)
    clock.advance(1)
    expect((await open(link)).status).toBe(410)
    expect((await post(link, chosen)).status).toBe(410)
    expect(await verify(before)).toBe('match')
  })

  it('takes all of its links with it, and a change of address that a thief may have begun', async () => {
    const { ask, post, link, linkTo, links, by, user, database } = await asked()
    await ask()
    const second = await linkTo('/recover/password')
    expect(second).not.toBe(link)
    const pending = await inTransaction(database.app, (tx) =>
      links.issue(tx, by, { purpose: 'email-change', person: user.id, data: { address: 'eve@example.com' } }),
    )
    expect((await post(link, chosen)).status).toBe(303)
    expect((await post(second, chosen)).status).toBe(410)
    expect(await links.look('email-change', pending.token.reveal())).toBeUndefined()
  })

  it('stays in the hand of whoever holds the link, however often a stranger asks for another', async () => {
    const { ask, post, link } = await asked()
    for (let times = 0; times < 3; times += 1) await ask()
    expect((await post(link, chosen)).status).toBe(303)
  })

  it('is judged like any other, and the link stays good', async () => {
    const { post, link, user } = await asked()
    for (const password of ['', 'short', user.email, 'Ada Lovelace 1815', 'x'.repeat(5000)]) {
      const answer = await post(link, { password })
      expect(answer.status).toBe(422)
      expect(await answer.text()).toContain('id="password-error"')
    }
    expect((await post(link, chosen)).status).toBe(303)
  })

  it.each(['email', 'user', 'token', 'status', 'emailVerified'])('takes no field %s (threat 24)', async (field) => {
    const { post, link, verify } = await asked()
    expect((await post(link, { ...chosen, [field]: 'x' })).status).toBe(400)
    expect((await post('/recover', { email: 'a@example.com', [`${field}2`]: 'x' })).status).toBe(400)
    expect(await verify(before)).toBe('match')
  })

  it('is of no use to somebody disabled, before the link or after it', async () => {
    const { post, open, link, ask, users, by, user, letters, verify } = await asked()
    await users.disable(by, user.id)
    expect((await open(link)).status).toBe(410)
    expect((await post(link, chosen)).status).toBe(410)
    expect(await verify(before)).toBe('match')
    const mailed = (await letters()).length
    expect((await ask()).status).toBe(200)
    expect(await letters()).toHaveLength(mailed)
  })

  it('is not recovered from a mailbox that the account does not have any more', async () => {
    const { post, open, link, users, by, user, database, verify } = await asked()
    await inTransaction(database.app, (tx) => users.changeEmail(tx, by, user.id, 'new@example.com'))
    expect((await open(link)).status).toBe(410)
    expect((await post(link, chosen)).status).toBe(410)
    expect(await verify(before)).toBe('match')
  })

  it('opens a locked account, and leaves the owner a way to lock it again', async () => {
    const { post, link, database, users, by, user, standing, linkTo, actions, verify } = await asked()
    await inTransaction(database.app, (tx) => users.lock(tx, by, user.id, 'not-me'))
    expect(await standing()).toBe('locked')
    expect((await post(link, chosen)).status).toBe(303)
    expect(await standing()).toBe('active')
    expect(await verify(chosen.password)).toBe('match')
    expect(await actions()).toContain('user.unlocked')
    expect((await post(await linkTo('/link/not-me'))).status).toBe(303)
    expect(await standing()).toBe('locked')
  })

  it('ends a lock-out, so that the new password can be used at once [MON-8]', async () => {
    const { post, link, guard, user } = await asked()
    const attempt = { pool: 'password', email: guard.emailKey(user.email), user: user.id } as const
    for (let times = 0; times < 5; times += 1) await guard.lockout.begin(attempt)
    expect((await guard.lockout.begin(attempt)).kind).toBe('locked')
    expect((await post(link, chosen)).status).toBe(303)
    expect((await guard.lockout.begin(attempt)).kind).toBe('go')
  })

  it('gives somebody their first, who was created without one', async () => {
    const world = await mailWorld()
    const made = await world.users.create(world.by, { email: 'bob@example.com', name: 'Bob' })
    if (!made.ok) throw new Error(made.error)
    await world.post('/recover', { email: 'BOB@example.com' })
    expect((await world.post(await world.linkTo('/recover/password'), chosen)).status).toBe(303)
    expect(await world.passwords.verify(made.value.id, new Secret(chosen.password))).toBe('match')
  })

  it('says one thing of a dead link for every reason, with what to do next', async () => {
    const { post, open, link } = await asked()
    await post(link, chosen)
    const dead = [link, '/recover/password', `/recover/password?token=${'A'.repeat(43)}`]
    const pages = await Promise.all(
      dead.map(async (path) => (await (await open(path)).text()).replaceAll(/href="[^"]*lang[^"]*"/g, '')),
    )
    expect(new Set(pages).size).toBe(1)
    expect(pages[0]).toContain('href="/recover"')
  })

  it('is not replaced by a link whose mailbox stops being the account’s while the new one is hashed', async () => {
    const { post, link, passwords, users, database, user, by, verify } = await asked()
    const hash = passwords.prepare
    vi.spyOn(passwords, 'prepare').mockImplementationOnce(async (...args) => {
      const prepared = await hash(...args)
      const moved = await inTransaction(database.app, (tx) => users.changeEmail(tx, by, user.id, 'ada@new.example'))
      expect(moved.ok).toBe(true)
      return prepared
    })
    expect((await post(link, chosen)).status).toBe(410)
    expect([await verify(before), await verify(chosen.password)]).toEqual(['match', 'mismatch'])
    expect(await users.find(user.id)).toMatchObject({ email: 'ada@new.example' })
  })

  it('is asked to come back when too many passwords wait, and the link is not used up', async () => {
    const { post, link, passwords } = await asked()
    vi.spyOn(passwords, 'prepare').mockRejectedValueOnce(new AppError('busy', { retryAfter: 2 }))
    const answer = await post(link, chosen)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Retry-After')).toBe('2')
    expect((await post(link, chosen)).status).toBe(303)
  })

  it('has passwords judged so often and no oftener, and the link stays good (threat 31)', async () => {
    const world = await mailWorld({ file: 'passwords: { history: 5 }\n' })
    const { email } = await world.addPerson()
    await world.post('/recover', { email })
    const link = await world.linkTo('/recover/password')
    const judging = vi.spyOn(world.passwords, 'prepare')
    const answers: Response[] = []
    for (let n = 0; n < 40; n++) answers.push(await world.post(link, { password: before }))
    expect(answers.map(({ status }) => status)).toEqual([...Array(30).fill(422), ...Array(10).fill(429)])
    expect(judging).toHaveBeenCalledTimes(30)
    const last = answers.at(-1)
    const seconds = Number(last?.headers.get('Retry-After'))
    expect(seconds).toBeGreaterThan(0)
    expect(await last?.text()).toContain('There were too many tries')
    expect(await (await world.post(`${link}&lang=de`, { password: before })).text()).toContain('zu viele Versuche')
    expect((await world.post(link, { password: 'short' })).status, 'what costs nothing is said').toBe(422)

    expect((await world.open(link)).status).toBe(200)
    world.clock.advance(seconds * 1000)
    await world.post('/recover', { email })
    expect((await world.post(await world.linkTo('/recover/password'), chosen)).status).toBe(303)
  })

  it('leaves whoever asks in a browser that the account knows a portion of their own', async () => {
    const world = await mailWorld({ file: 'limits: { recovery: { ip: off } }\n' })
    const user = await world.addPerson()
    const browser = newBrowser()
    await inTransaction(world.database.app, (tx) => world.guard.browsers.remember(tx, user.id, browser))
    const cookieOf = ({ token }: Browser) => ({ cookie: `browser=${token.reveal()}; __Host-browser=${token.reveal()}` })
    const ask = (email: string, headers = {}) => world.post('/recover', { email }, headers)
    for (let n = 0; n < 5; n++) await ask(user.email)
    expect((await ask(user.email)).status, 'a stranger').toBe(429)
    const mine = cookieOf(browser)
    expect((await ask(user.email, mine)).status).toBe(200)
    for (let n = 0; n < 5; n++) await ask('nobody@example.com', mine)
    expect((await ask('nobody@example.com', mine)).status, 'an address that does not know it').toBe(429)
    const foreign = cookieOf(newBrowser())
    const work = async (email: string) =>
      (await statementsDuring(() => ask(email, foreign))).filter((text) => /known_browsers/.test(text))
    const known = await work(user.email)
    expect(known).toHaveLength(1)
    expect(await work('never@example.com'), 'the same look for an address that nobody has').toEqual(known)
  })

  it('is limited, keeps what was typed, and says when to come back [MON-9]', async () => {
    const world = await mailWorld()
    const ask = (n: number) => world.post('/recover', { email: `a${n}@example.com` })
    for (let n = 0; n < 5; n += 1) expect((await ask(n)).status).toBe(200)
    const answer = await ask(5)
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(await answer.text()).toContain('value="a5@example.com"')
  })

  it('leads to the configured address, and back to the sign-in it was left for (threats 2 and 26)', async () => {
    const world = await mailWorld({ env: { ISSUER_URL: 'https://id.example.com' } })
    const { email } = await world.addPerson()
    const asked = await world.post(
      '/recover?back=V1StGXR8_Z5jdHi6B-myT',
      { email },
      { 'x-forwarded-host': 'evil.example' },
    )
    const links = (await world.letters()).flatMap((letter) => letter.links)
    for (const link of links) expect(new URL(link).origin).toBe('https://id.example.com')
    const cookie = asked.headers.getSetCookie().join().split(';')[0] ?? ''
    const done = await world.post(await world.linkTo('/recover/password'), chosen, { cookie })
    const path = done.headers.get('location') ?? ''
    expect(path).toBe('/recover/done?back=V1StGXR8_Z5jdHi6B-myT')
    expect(await (await world.open(path, { cookie })).text()).toContain('href="/login/V1StGXR8_Z5jdHi6B-myT"')
    const elsewhere = await (await world.open(path)).text()
    expect(elsewhere, 'a sign-in goes on in its own browser alone').not.toContain('href="/login/')
    expect(elsewhere).toContain('href="/account"')
    for (const back of ['//evil.example', '\\evil', 'https:evil.example'])
      expect(await (await world.open(`/recover?back=${encodeURIComponent(back)}`)).text()).toMatch(
        /id="sign-in" href="\/account"/,
      )
  })
})
