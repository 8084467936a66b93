import { beforeEach, describe, expect, it } from 'vitest'
import { en } from '../../../src/ui/messages/en.ts'
import type { User } from '../../../src/users/user.ts'
import { type App, email, MINUTE, newJar, openSteps, password, SECOND, type Steps, WRONG } from '../second-factors.ts'

const DAY = 24 * 60 * MINUTE
const everything = ['passkey', 'totp', 'email-code', 'backup-code'] as const

let login: Steps
let ada: User

async function at(step: string, ...begun: Parameters<Steps['begin']>) {
  const visit = login.begin(...begun)
  expect((await visit.signIn()).at).toBe(step)
  return visit
}

describe('[MON-7] a backup code', () => {
  let codes: readonly string[]
  beforeEach(async () => {
    login = await openSteps()
    ada = await login.addPerson(email, password)
    await login.addTotp(ada)
    codes = await login.addBackupCodes(ada)
  })
  const code = (which = 0) => ({ factor: 'backup-code', code: codes[which] ?? '' })

  it('takes the place of the device, and one is left less', async () => {
    const visit = await at('second-factor')
    expect(await visit.page('?with=backup-code')).toContain(en['code.backup-code.hint'])
    expect((await visit.send('/second-factor', code())).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] }])
    expect(await login.eventRows('backup_code.used')).toMatchObject([{ after: { left: 9 } }])
    const [letter, ...others] = (await login.letters()).filter(({ message }) => message === 'notice backup-code-used')
    expect(others, 'its owner hears of it, once').toEqual([])
    expect(letter?.text).toMatch(/Codes left:\s+9/)
    expect(letter?.text.replaceAll(/\s+/g, ' ')).toContain('remove its passkey or authenticator app')
  })

  it('that does not match is put back, to be mended: it is long, and typed off paper; with another way it is gone', async () => {
    const visit = await at('second-factor')
    const wrong = 'AAAA-BBBB-CCCC-DDDD'
    const { page } = await visit.send('/second-factor', { factor: 'backup-code', code: wrong })
    expect(page).toContain(en['code.backup-code.error.mismatch'])
    expect(page).toMatch(new RegExp(`<input[^>]*id="code"[^>]*value="${wrong}"`))
    expect(await visit.page('?with=totp')).not.toContain(wrong)
    await visit.post('/second-factor', { factor: 'backup-code', code: wrong })
    expect(await visit.page('?with=totp'), 'that page is about another one').not.toContain(wrong)
  })

  it('[threat 19] works once: not twice, and of twenty sign-ins at once in one', async () => {
    await (await at('second-factor')).send('/second-factor', code(0))
    const again = await (await at('second-factor')).send('/second-factor', code(0))
    expect([again.at, again.page.includes(en['code.backup-code.error.mismatch'])]).toEqual(['second-factor', true])
    const visits = []
    for (let which = 0; which < 20; which += 1) visits.push(await at('second-factor'))
    await Promise.all(visits.map((visit) => visit.post('/second-factor', code(1))))
    expect(visits.flatMap((visit) => visit.arrived())).toHaveLength(1)
    expect(await login.eventRows('backup_code.used')).toHaveLength(2)
  })

  it('leads to a new passkey where one is asked for: what it opens is the enrolment, and no session before its end', async () => {
    await login.addPasskey(ada)
    const visit = await at('second-factor', { rules: [{ mfa: 'phishing-resistant' }] })
    expect((await visit.send('/second-factor', code())).at).toBe('enrol')
    expect(visit.arrived()).toEqual([])
    expect(await login.rows('sessions')).toEqual([])
    expect((await visit.addsPasskey()).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ acr: 'phr' }])
  })

  it('earns no browser a trust, whatever the form says', async () => {
    login = await openSteps({ mfa: { trustedBrowser: 30 * DAY } })
    ada = await login.addPerson(email, password)
    await login.addTotp(ada)
    codes = await login.addBackupCodes(ada)
    const visit = await at('second-factor')
    expect((await visit.send('/second-factor', { ...code(), trust: 'on' })).isDone).toBe(true)
    expect(await login.eventRows('browser.trusted')).toEqual([])
  })
})

describe('[MOS-4] a code by e-mail', () => {
  beforeEach(async () => {
    login = await openSteps({ mfa: { factors: everything } })
    ada = await login.addPerson(email, password)
    await login.addEmailCodes(ada)
  })
  const mailed = async (code?: string) => ({ factor: 'email-code', code: code ?? (await login.mailedCode()) })

  it('is sent when somebody asks for it, and not by a page that is opened', async () => {
    const visit = await at('second-factor')
    await visit.page('?with=email-code')
    expect(await login.letters()).toEqual([])
    const { at: place, page } = await visit.send('/send-code')
    expect([place, page.includes('id="code-sent"')]).toEqual(['second-factor', true])
    expect((await visit.send('/second-factor', await mailed())).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ acr: 'mfa', amr: ['pwd', 'otp', 'mca', 'mfa'] }])
    expect(await login.users.find(ada.id), 'the mailbox was proven').toMatchObject({ emailVerified: true })
  })

  it('is good for ten minutes, and so long is it waited for; of two letters the newer counts', async () => {
    const visit = await at('second-factor')
    await visit.send('/send-code')
    const first = await mailed()
    login.clock.advance(4 * MINUTE)
    await visit.send('/send-code')
    login.clock.advance(9 * MINUTE)
    expect((await visit.send('/second-factor', first)).at).toBe('second-factor')
    expect((await visit.send('/second-factor', await mailed())).isDone).toBe(true)
  })

  it('is too late after ten minutes', async () => {
    const visit = await at('second-factor')
    await visit.send('/send-code')
    login.clock.advance(10 * MINUTE)
    expect((await visit.send('/second-factor', await mailed())).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
  })

  it('of another sign-in of the same person is refused', async () => {
    const [one, other] = [await at('second-factor'), await at('second-factor')]
    await one.send('/send-code')
    const code = await mailed()
    await other.send('/send-code')
    expect((await other.send('/second-factor', code)).at).toBe('second-factor')
    expect(other.arrived()).toEqual([])
    expect((await one.send('/second-factor', code)).isDone).toBe(true)
  })

  it('is sent to nobody who has not shown the password, and to nobody who has another way only', async () => {
    const visit = login.begin()
    await visit.send('/send-code')
    const bob = await login.addPerson('bob@example.com', password)
    await login.addTotp(bob)
    const theirs = login.begin()
    await theirs.signIn({ email: 'bob@example.com' })
    await theirs.send('/send-code')
    expect(await login.letters()).toEqual([])
  })

  it('floods no mailbox: the page says when to come back', async () => {
    login = await openSteps({ guarded: true, mfa: { factors: everything } })
    ada = await login.addPerson(email, password)
    await login.addEmailCodes(ada)
    const visit = await at('second-factor')
    for (let time = 0; time < 10; time += 1) expect((await visit.post('/send-code')).status).toBe(303)
    const answer = await visit.post('/send-code')
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60)
    expect(await login.letters()).toHaveLength(10)
  })

  it('still reaches its owner in a browser that the account knows, whatever somebody with the password asks for', async () => {
    login = await openSteps({ guarded: true, mfa: { factors: everything } })
    ada = await login.addPerson(email, password)
    await login.addEmailCodes(ada)
    const jar = newJar()
    const atHome = async () => {
      const visit = login.begin({}, jar)
      expect((await visit.signIn()).at).toBe('second-factor')
      return visit
    }
    const first = await atHome()
    await first.send('/send-code')
    expect((await first.send('/second-factor', await mailed())).isDone).toBe(true)
    const thief = await at('second-factor')
    for (let time = 0; time < 9; time += 1) expect((await thief.post('/send-code')).status).toBe(303)
    expect((await thief.post('/send-code')).status).toBe(429)
    const again = await atHome()
    await again.send('/send-code')
    expect((await again.send('/second-factor', await mailed())).isDone).toBe(true)
  })

  it('does not count beside a password that was set by mail: the mailbox is one factor, once', async () => {
    await login.recover(ada)
    const visit = await at('stuck')
    await visit.send('/send-code')
    expect((await visit.send('/second-factor', { factor: 'email-code', code: WRONG })).at).toBe('stuck')
    expect((await login.letters()).filter(({ message }) => message === 'email-code')).toEqual([])
    expect(visit.arrived()).toEqual([])
  })

  it('counts again once something else has vouched for that password', async () => {
    await login.recover(ada)
    const app = await login.addTotp(ada)
    const visit = await at('second-factor')
    expect((await visit.withCode(app.code())).isDone).toBe(true)
    const next = await at('second-factor')
    await next.send('/send-code')
    expect((await next.send('/second-factor', await mailed())).isDone).toBe(true)
  })

  it('[MOS-5] is no answer where more is asked for', async () => {
    const visit = await at('stuck', { rules: [{ level: 'aal2', factors: ['email-code'] }] })
    expect(visit.arrived()).toEqual([])
  })
})

describe('a browser that is trusted', () => {
  let app: App
  beforeEach(async () => {
    login = await openSteps({ mfa: { trustedBrowser: 30 * DAY } })
    ada = await login.addPerson(email, password)
    app = await login.addTotp(ada)
  })

  async function trusted() {
    const jar = newJar()
    const visit = await at('second-factor', {}, jar)
    expect(await visit.page()).toMatch(/<input[^>]*id="trust"/)
    expect((await visit.withCode(app.code(), { trust: 'on' })).isDone).toBe(true)
    login.clock.advance(30 * SECOND)
    return jar
  }

  it('skips the second factor there and nowhere else, and is never more than `mfa`', async () => {
    const jar = await trusted()
    const here = login.begin({}, jar)
    expect((await here.signIn()).isDone).toBe(true)
    expect(here.arrived()).toMatchObject([{ acr: 'mfa', amr: ['pwd'] }])
    await at('second-factor')
  })

  it('is so only when its owner asks for it, and where the operator offers it', async () => {
    const jar = newJar()
    await (await at('second-factor', {}, jar)).withCode(app.code())
    await at('second-factor', {}, jar)
    login = await openSteps()
    ada = await login.addPerson(email, password)
    app = await login.addTotp(ada)
    const visit = await at('second-factor', {}, jar)
    expect(await visit.page()).not.toContain('id="trust"')
    expect((await visit.withCode(app.code(), { trust: 'on' })).isDone).toBe(true)
    await at('second-factor', {}, jar)
    expect(await login.eventRows('browser.trusted')).toEqual([])
  })

  it('does not skip what is asked for anew, nor what asks for more', async () => {
    const jar = await trusted()
    const fresh = await at('second-factor', { fresh: true }, jar)
    expect(await fresh.page()).not.toContain('id="trust"')
    await at('second-factor', { rules: [{ level: 'aal2' }] }, jar)
    await at('second-factor', { rules: [{ mfa: 'phishing-resistant' }] }, jar)
    await at('second-factor', { rules: [{ mfa: 'required', factors: ['passkey'] }] }, jar)
    expect((await login.begin({ rules: [{ mfa: 'required' }] }, jar).signIn()).isDone).toBe(true)
  })

  it('is of one person: another who uses it is asked', async () => {
    const jar = await trusted()
    const bob = await login.addPerson('bob@example.com', password)
    await login.addTotp(bob)
    const visit = login.begin({}, jar)
    expect((await visit.signIn({ email: 'bob@example.com' })).at).toBe('second-factor')
  })

  it.each<[string, (jar: ReturnType<typeof newJar>) => Promise<unknown>]>([
    ['a factor that changes', () => login.factorChanged(ada, { kind: 'added', factor: 'passkey' })],
    ['a password that is reset', () => login.recover(ada)],
    ['its time', async () => login.clock.advance(30 * DAY)],
  ])('is none any more after %s', async (_what, change) => {
    const jar = await trusted()
    await change(jar)
    await at('second-factor', {}, jar)
  })

  it('is never one by a token that was planted in it', async () => {
    const jar = newJar()
    const planted = 'A'.repeat(43)
    jar.set('__Host-trust /', { path: '/', value: `__Host-trust=${planted}` })
    const visit = await at('second-factor', {}, jar)
    await visit.withCode(app.code(), { trust: 'on' })
    const elsewhere = newJar()
    elsewhere.set('__Host-trust /', { path: '/', value: `__Host-trust=${planted}` })
    await at('second-factor', {}, elsewhere)
  })

  it('is not one before the sign-in has ended: a trust that was asked for and not arrived with is none', async () => {
    const jar = newJar()
    const visit = await at('second-factor', { rules: [{ mfa: 'phishing-resistant' }] }, jar)
    expect((await visit.withCode(app.code(), { trust: 'on' })).at).toBe('enrol')
    expect(await login.eventRows('browser.trusted')).toEqual([])
    await at('second-factor', {}, jar)
  })
})
