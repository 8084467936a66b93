import { describe, expect, it, vi } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { askToken, authorization, redeem } from '../oidc/support.ts'
import { configFile } from '../support/scratch.ts'
import { signInWithApp, withApp } from './own-factors.ts'
import { type AccountHouse, accountHouse, adaAddress, type Browser, newPassword, password, text } from './support.ts'

// Every sign-in hashes, at the lowest priority.
vi.setConfig({ testTimeout: 60_000 })

const fields = { 'current-password': password, password: newPassword }

const change = async (browser: Browser, typed: Record<string, string> = fields) =>
  browser.send(await browser.go('/account/password'), 'change-password', typed)

/** An application that this browser is signed in to, with a refresh token that outlives the session. */
async function application(house: AccountHouse, browser: Browser, scope = 'openid offline_access') {
  const client = await house.addClient()
  const { url, verifier } = await authorization(house, { clientId: client.id, scope, prompt: 'consent' })
  let stop = await browser.go(url.href)
  if (stop.html.includes('id="login"')) stop = await browser.send(stop, 'login', { email: adaAddress, password })
  if (stop.html.includes('id="consent"')) stop = await browser.send(stop, 'consent')
  const code = new URL(stop.path).searchParams.get('code') ?? ''
  const { body } = await redeem(house, client, { code, verifier })
  const refresh = (token = body['refresh_token'] ?? '') =>
    askToken(house, client, { grant_type: 'refresh_token', refresh_token: token })
  return { body, refresh }
}

describe('a change of password', () => {
  it('[STO-3] [DRP-2] ends every other session and every token, on whichever device, and keeps this browser', async () => {
    const house = await accountHouse()
    const [here, phone] = [house.browser(), house.browser()]
    await here.signIn()
    const ofHere = await application(house, here)
    await phone.signIn()
    const ofPhone = await application(house, phone)
    const rotated = (await ofPhone.refresh()).body['refresh_token'] ?? ''
    expect(rotated).not.toBe('')

    const done = await change(here)
    expect(done.path).toBe('/account?done=password')
    expect(text(done)).toContain('Your password is changed')
    expect((await phone.go('/account')).html).toContain('id="login"')
    for (const answer of [await ofPhone.refresh(rotated), await ofHere.refresh()])
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await house.events('grants.revoked')).map(({ after }) => after)).toEqual([{ reason: 'password-changed' }])
    expect((await house.events('session.ended')).map(({ after }) => after)).toEqual([{ reason: 'password-changed' }])

    expect((await house.browser().signIn()).html, 'the old one').toContain('id="login"')
    expect((await house.browser().signIn('/account', adaAddress, newPassword)).path).toBe('/account')
    const letter = (await house.letters()).find(({ message }) => message === 'notice password-changed')
    expect(letter).toMatchObject({ to: adaAddress })
    expect(letter?.text).toContain('Firefox on Linux')
  })

  it('says everything that is wrong at once, fills in no password, and changes nothing', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await browser.signIn()
    const wrong = await change(browser, { 'current-password': 'another hearth', password: 'short' })
    expect(wrong.path).toBe('/account/password')
    expect(text(wrong)).toContain('This is not your current password.')
    expect(text(wrong)).toContain('Choose a longer password')
    expect(wrong.html).not.toContain('another hearth')
    expect(text(await change(browser, {}))).toContain('Enter your current password.')
    expect(text(await change(browser, { ...fields, password }))).toContain('that you have not used here lately')
    expect(text(await change(browser, { ...fields, password: adaAddress }))).toContain('not your e-mail address')
    expect(await house.events('session.ended')).toEqual([])
    expect((await house.browser().signIn()).path).toBe('/account')
  })

  it('is no place to guess: wrong answers count with those of the sign-in, and lock', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await browser.signIn()
    const told: string[] = []
    for (let guess = 0; guess < 5; guess++)
      told.push(text(await change(browser, { ...fields, 'current-password': `guess ${guess}` })))
    const pauses = told.map((page) => page.includes('You can try again in 5 minutes'))
    expect(pauses, 'the one that begins the pause says so').toEqual([false, false, false, false, true])
    for (const page of told) expect(page).toContain('This is not your current password.')
    const locked = await change(browser)
    expect(locked.status).toBe(429)
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(200)
    expect(text(locked)).toContain('You can try again in 5 minutes')
    house.clock.advance(301_000)
    await browser.signIn('/account/password')
    expect((await change(browser)).path).toBe('/account?done=password')
  })

  it('asks for a fresh sign-in: whoever finds an open session has not yet the account (threat 20)', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await browser.signIn()
    const form = await browser.go('/account/password')
    house.clock.advance(301_000)
    const late = await browser.send(form, 'change-password', fields)
    expect(late.html).toContain('id="login"')
    expect(await house.events('password.set')).toHaveLength(1)
  })

  it('counts nothing against the owner while the server has no time', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await browser.signIn()
    const verify = vi.spyOn(house.people.passwords, 'verify')
    for (let time = 0; time < 6; time++) {
      verify.mockRejectedValueOnce(new AppError('busy', { retryAfter: 1 }))
      expect((await change(browser)).status).toBe(503)
    }
    expect((await change(browser)).path).toBe('/account?done=password')
  })

  it('takes the links with it that somebody had ordered before', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await browser.signIn()
    await browser.send(await browser.go('/account/email'), 'change-email', {
      email: 'thief@example.net',
      'current-password': password,
    })
    const link = (await house.letters()).find(({ to }) => to === 'thief@example.net')?.links[0] ?? ''
    await change(browser)
    expect((await browser.go(link)).status).toBe(410)
  })

  it('gives the browser that stays another name, in the place of one that somebody may have planted', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await browser.signIn()
    const named = () => browser.jar.headerFor(new URL(house.issuer))?.match(/browser=[\w-]+/)?.[0]
    const before = named()
    await change(browser)
    expect(named()).toMatch(/^browser=/)
    expect(named()).not.toBe(before)
    expect((await house.letters()).map(({ message }) => message)).toEqual(['notice password-changed'])
    house.clock.advance(301_000)
    expect((await browser.signIn('/account/email', adaAddress, newPassword)).path).toBe('/account/email')
    expect(
      (await house.letters()).map(({ message }) => message),
      'no new device',
    ).toEqual(['notice password-changed'])
  })

  it('sent twice at the same moment is one change, where former passwords are compared with, too', async () => {
    const house = await accountHouse({ env: { CONFIG_FILE: configFile('passwords: { history: 3 }') } })
    const browser = house.browser()
    await browser.signIn()
    const { passwords } = house.people
    const [both, open] = [Promise.withResolvers<void>(), { count: 0 }]
    const prepare = passwords.prepare
    vi.spyOn(passwords, 'prepare').mockImplementation(async (...args) => {
      const prepared = await prepare(...args)
      open.count += 1
      if (open.count === 2) both.resolve()
      await both.promise
      return prepared
    })
    const answers = await Promise.all([1, 2].map(() => browser.raw('/account/password', fields)))
    for (const answer of answers) expect(answer.headers.get('location')).toBe('/account?done=password')
    expect(await house.events('password.set'), 'the first, and one change').toHaveLength(2)
  })

  it('at the same moment in two browsers happens in one of them', async () => {
    const house = await accountHouse()
    const [one, other] = [house.browser(), house.browser()]
    for (const each of [one, other]) await each.signIn()
    const answers = await Promise.all([
      change(one),
      change(other, { ...fields, password: 'two tall herons at the lake' }),
    ])
    expect(answers.filter(({ path }) => path === '/account?done=password')).toHaveLength(1)
    expect(await house.people.sessions.listOf(house.ada.id)).toHaveLength(1)
  })
})

describe('a refresh token that came twice', () => {
  it('ends what was granted there, and its owner hears of it once', async () => {
    const house = await accountHouse()
    const here = house.browser()
    await here.signIn()
    const { refresh } = await application(house, here)
    const rotated = (await refresh()).body['refresh_token'] ?? ''
    // No answer that was lost is asked for so late.
    house.clock.advance(11_000)
    for (let time = 0; time < 3; time++) expect(await refresh()).toMatchObject({ status: 400 })
    expect(await refresh(rotated), 'nor the one that took its place').toMatchObject({ status: 400 })
    const told = (await house.letters()).filter(({ message }) => message === 'notice tokens-replayed')
    expect(told).toMatchObject([{ to: adaAddress }])
    expect(told[0]?.text).toContain('had been used before')
    const wasNotMe = told[0]?.links.find((link) => link.includes('/link/not-me?')) ?? ''
    expect(text(await house.browser().go(wasNotMe))).toContain('was used by two, and we ended it')
  })
})

describe('a device that is signed out from afar', () => {
  it('keeps no token for offline use either, while the others keep theirs', async () => {
    const house = await accountHouse()
    const [here, phone] = [house.browser(), house.browser()]
    await here.signIn()
    const ofHere = await application(house, here)
    await phone.signIn()
    const ofPhone = await application(house, phone)
    await here.send(await here.go('/account/sessions/end-others'), 'end-others')
    expect(await ofPhone.refresh()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await ofHere.refresh()).toMatchObject({ status: 200 })
  })
})

describe('the preset nist', () => {
  const short = 'qvx7 lam9 zr'
  const by: ActorContext = { actor: { kind: 'operator', id: 'test' } }

  it('takes a shorter password beside a second factor, and asks for a longer one once there is none', async () => {
    const house = await accountHouse({ env: { CONFIG_FILE: configFile('passwords: { preset: nist }') } })
    const key = await withApp(house, house.ada)
    const browser = house.browser()
    expect((await signInWithApp(house, browser, key, '/account/password')).html).toContain('8 characters')
    const fields = { 'current-password': password, password: short }
    const changed = await browser.send(await browser.go('/account/password'), 'change-password', fields)
    expect(changed.path).toBe('/account?done=password')

    await inTransaction(house.services.database.app, (tx) =>
      house.people.factors.totps.removeAllOf(tx, by, house.ada.id),
    )
    const next = house.browser()
    const asked = await next.signIn('/account', adaAddress, short)
    expect(asked.html).toContain('id="new-password"')
    expect(text(asked)).toContain('15 characters')
    const refused = await next.send(asked, 'new-password', { password: 'qvx7 lam9 zr t' })
    expect(text(refused)).toContain('15')
    expect(refused.path, 'nobody arrives with it').not.toBe('/account')
    const done = await next.send(refused, 'new-password', { password: 'qvx7 lam9 zr two more' })
    expect(done.path).toBe('/account')
    expect((await house.browser().signIn('/account', adaAddress, 'qvx7 lam9 zr two more')).path).toBe('/account')
  })

  it('counts what is asked for beside a password that a link sets: an app, and not the mailbox of the link', async () => {
    const house = await accountHouse({ env: { CONFIG_FILE: configFile('passwords: { preset: nist }') } })
    const recover = async () => {
      const browser = house.browser()
      await browser.go('/recover', { email: adaAddress })
      const link = (await house.letters()).findLast(({ message }) => message === 'recovery')?.links[0] ?? ''
      return { browser, page: await browser.go(link) }
    }
    const alone = await recover()
    expect(text(alone.page)).toContain('15 characters')
    expect(text(await alone.browser.send(alone.page, 'new-password', { password: short }))).toContain('15')
    await withApp(house, house.ada)
    const beside = await recover()
    expect(text(beside.page)).toContain('8 characters')
    expect((await beside.browser.send(beside.page, 'new-password', { password: short })).path).toBe('/recover/done')
  })
})
