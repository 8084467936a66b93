import { describe, expect, it, vi } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { writeProofs } from '../../src/factors/stored.ts'
import { configFile } from '../support/scratch.ts'
import { codeOf, keyOn, proveMailbox, signInWithApp, withApp } from './own-factors.ts'
import { type AccountHouse, accountHouse, type Browser, password, text } from './support.ts'

// Every sign-in hashes, at the lowest priority.
vi.setConfig({ testTimeout: 60_000 })

const house = (mfa = '') => accountHouse({ env: mfa === '' ? {} : { CONFIG_FILE: configFile(`mfa:\n${mfa}`) } })
const arranging = { actor: { kind: 'operator', id: 'test' } } as const

async function signedIn(mfa = '') {
  const at = await house(mfa)
  const browser = at.browser()
  await browser.signIn()
  return { house: at, browser }
}

const begin = async (at: AccountHouse, browser: Browser) =>
  proveMailbox(at, browser, await browser.send(await browser.go('/account/security'), 'begin-app'))
const letters = async (at: AccountHouse) => (await at.letters()).map(({ message }) => message)
const onlyApp = async (at: AccountHouse) => {
  const [app] = await at.people.factors.totps.listOf(at.ada.id)
  if (!app) throw new Error('there is no app')
  return app
}

describe('[MON-4] an authenticator app', () => {
  it('is set up by the key on the page and a code of it; a wrong code keeps the page, its key and the name', async () => {
    const { house: at, browser } = await signedIn()
    const page = await begin(at, browser)
    expect(page.path).toBe('/account/security/apps/add')
    const key = keyOn(page)
    expect(page.html, 'a way back').toMatch(/id="back"[^>]*href="\/account\/security"/)
    expect(page.html.indexOf('id="code"'), 'in the order of the sign-in').toBeLessThan(page.html.indexOf('id="name"'))
    const wrong = await browser.send(page, 'add-app', { name: 'My phone', code: '000000' })
    expect([wrong.path, keyOn(wrong)]).toEqual(['/account/security/apps/add', key])
    expect(wrong.html).toContain('value="My phone"')
    expect(text(wrong)).toContain('This code is not right')
    const nameless = await browser.send(wrong, 'add-app', { name: ' ', code: codeOf(at, key) })
    expect(text(nameless)).toContain('Enter a name for this app.')

    const added = await browser.send(nameless, 'add-app', { name: 'My phone', code: codeOf(at, key) })
    expect(added.path, 'to the codes for the day it is lost').toBe('/account/security/backup-codes?done=app')
    expect(text(added)).toContain('Your authenticator app is added')
    expect(await onlyApp(at)).toMatchObject({ name: 'My phone' })
    expect(await letters(at)).toEqual(['email-code', 'notice factor-added'])
    expect((await at.letters())[1]?.text).toContain('Authenticator app: My phone')
    expect((await browser.go('/account/security/apps/add')).path, 'the offer is used up').toBe('/account/security')
  })

  it('of one session is nothing to another one', async () => {
    const { house: at, browser } = await signedIn()
    const key = keyOn(await begin(at, browser))
    const other = at.browser()
    await other.signIn()
    const page = await begin(at, other)
    expect(keyOn(page)).not.toBe(key)
    const mixed = await other.send(page, 'add-app', { name: 'Phone', code: codeOf(at, key) })
    expect(text(mixed)).toContain('This code is not right')
  })

  it('is no place to guess: wrong codes count with those of the sign-in, and lock (threat 14)', async () => {
    const { house: at, browser } = await signedIn()
    let page = await begin(at, browser)
    for (let guess = 0; guess < 5; guess++)
      page = await browser.send(page, 'add-app', { name: 'Phone', code: '000000' })
    expect(text(page)).toContain('You can try again in 5 minutes')
    const locked = await browser.send(page, 'add-app', { name: 'Phone', code: '000000' })
    expect([locked.status, Number(locked.headers.get('retry-after')) > 200]).toEqual([429, true])
  })
})

describe('[MON-7] backup codes', () => {
  it('are ten, shown once, and replaced as a set after a question', async () => {
    const { house: at, browser } = await signedIn()
    const key = await withApp(at, at.ada)
    const owner = at.browser()
    await signInWithApp(at, owner, key, '/account/security')
    const codesOn = (html: string) =>
      [...html.matchAll(/<code[^>]*data-line="([0-9A-Z-]{19})"/g)].map(([, code]) => code)
    const asked = await owner.go('/account/security/backup-codes')
    expect(text(asked)).toContain('Ten codes for the day')
    const first = codesOn((await owner.send(asked, 'make-codes')).html)
    expect(new Set(first).size).toBe(10)
    const again = await owner.go('/account/security/backup-codes')
    expect(text(again)).toContain('The codes that you have now stop working at once')
    expect(codesOn(again.html), 'a page shows none').toEqual([])
    const second = codesOn((await owner.send(again, 'make-codes')).html)
    expect(second.filter((code) => first.includes(code))).toEqual([])
    const { backupCodes } = at.people.factors
    const prove = (code = '') =>
      inTransaction(at.services.database.app, (tx) => backupCodes.prove(tx, arranging, at.ada.id, code))
    expect(await prove(first[0])).toBeUndefined()
    for (const code of second.slice(0, 7)) await prove(code)
    expect(text(await owner.go('/account/security'))).toContain('Only 3 of your backup codes are left')
    expect((await browser.go('/account/security/backup-codes')).path).toMatch(/^\/login\//)
  })

  it('are offered to nobody who has nothing to lose', async () => {
    const { browser } = await signedIn()
    expect((await browser.go('/account/security/backup-codes')).path).toBe('/account/security')
    expect((await browser.raw('/account/security/backup-codes', {})).status).toBe(303)
  })

  it('tell whoever has nothing to lose what has to come first, of what counts here', async () => {
    const { browser } = await signedIn('  factors: [totp, email-code, backup-code]\n')
    expect(text(await browser.go('/account/security'))).toContain(
      'once you have one of these: Authenticator app or Code by e-mail.',
    )
  })
})

describe('a sensitive change (threat 20)', () => {
  const sensitive = ['/account/password', '/account/email', '/account/security/passkeys/add']

  it('asks whoever has an app for a code of it, however fresh the password is', async () => {
    const { house: at, browser } = await signedIn()
    await withApp(at, at.ada)
    for (const path of sensitive) expect((await browser.go(path)).path, path).toMatch(/^\/login\//)
    expect((await browser.go('/account/security')).path, 'to look asks for nothing').toBe('/account/security')
    for (const path of ['/account/security/apps/begin', '/account/security/remove?what=email-code'])
      expect((await browser.post(path)).path, path).toMatch(/^\/login\//)
    const script = await browser.raw('/account/security/passkeys/options', {})
    expect(script.status, 'a script is told').toBe(401)
  })

  it('opens by the code, for five minutes', async () => {
    const at = await house()
    const key = await withApp(at, at.ada)
    const browser = at.browser()
    expect((await signInWithApp(at, browser, key, '/account/security/passkeys/add')).path).toMatch(
      /^\/account\/security\/passkeys\/add/,
    )
    for (const path of sensitive) expect((await browser.go(path)).path).toBe(path)
    at.clock.advance(301_000)
    for (const path of sensitive) expect((await browser.go(path)).path).toMatch(/^\/login\//)
  })

  it('does not send anybody round in circles: who comes back too weak is told what is missing', async () => {
    const { house: at, browser } = await signedIn()
    await withApp(at, at.ada)
    const told = await browser.go('/account/password?stronger=1')
    expect([told.status, text(told).includes('need a code of it')]).toEqual([403, true])
    at.clock.advance(301_000)
    expect((await browser.go('/account/password?stronger=1')).path, 'later it is asked for').toMatch(/^\/login\//)
  })
})

describe('whoever is signed in and asked once more', () => {
  it('is told why, finds their address in the form, and is told which factor it takes', async () => {
    const at = await house()
    const browser = at.browser()
    const first = await browser.go('/account/password')
    expect(first.html, 'nobody is signed in yet').not.toContain('how your account is protected')
    await browser.send(first, 'login', { email: at.ada.email, password })
    at.clock.advance(301_000)
    const again = await browser.go('/account/password')
    expect(text(again)).toContain('You are signed in. To change how your account is protected, sign in once more.')
    expect(again.html).toContain(`value="${at.ada.email}"`)
    await withApp(at, at.ada)
    expect(text(await browser.go('/account/password'))).toContain('and a code of your authenticator app')
    const other = await browser.go(`${new URL(again.path, at.issuer).pathname}?as=other`)
    expect(other.html).not.toContain(`value="${at.ada.email}"`)
  })

  it('and gives it up stands in their account, and is not called too weak', async () => {
    const at = await house()
    const key = await withApp(at, at.ada)
    const browser = at.browser()
    await signInWithApp(at, browser, key, '/account/password')
    at.clock.advance(301_000)
    const asked = await browser.go('/account/password')
    expect(asked.path).toMatch(/^\/login\//)
    expect((await browser.send(asked, 'cancel')).path).toBe('/account')
    const [session] = await at.people.sessions.listOf(at.ada.id)
    if (!session) throw new Error('there is no session')
    const long = new Date(at.clock.now().getTime() - 301_000)
    const proofs = writeProofs([
      { factor: 'password', at: long },
      { factor: 'totp', at: long },
      { factor: 'email-code', at: at.clock.now() },
    ])
    await inTransaction(at.services.database.app, (tx) =>
      at.people.sessions.strengthen(tx, arranging, session.id, {
        user: at.ada.id,
        amr: ['pwd', 'otp'],
        acr: 'aal2',
        proofs,
      }),
    )
    const told = await browser.go('/account/password?stronger=1')
    expect(text(told)).toContain('too long ago')
    expect(text(told)).not.toContain('something weaker')
  })
})

describe('[MOS-5] whoever has put off to enrol', () => {
  it('is told until when, on the pages of their account, and no more once they have', async () => {
    const at = await house('  require: required\n  enrolmentGrace: 14d\n')
    const browser = at.browser()
    const pages = ['/account', '/account/security']
    const due = new Date(at.clock.now().getTime() + 14 * 86_400_000)
    await browser.send(await browser.signIn(), 'put-off')
    at.clock.advance(60_000)
    const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(due)
    for (const path of pages) expect(text(await browser.go(path)), path).toContain(`Add it by ${day}`)
    await withApp(at, at.ada)
    for (const path of pages) expect((await browser.go(path)).html, path).not.toContain('id="enrolment-due"')
  })
})

describe('a factor of one’s own', () => {
  async function ownerOf(mfa = '') {
    const at = await house(mfa)
    const key = await withApp(at, at.ada)
    const browser = at.browser()
    await signInWithApp(at, browser, key, '/account/security')
    const { id } = await onlyApp(at)
    const rename = () => browser.go(`/account/security/rename?what=${id}`)
    const remove = () => browser.go(`/account/security/remove?what=${id}`)
    return { house: at, browser, id, key, rename, remove }
  }

  it('is shown with its name, since when it is there, and when it was used', async () => {
    const { browser } = await ownerOf()
    const page = text(await browser.go('/account/security'))
    expect(page).toContain('Phone')
    expect(page).toMatch(/added .* last used/)
  })

  it('is renamed; what is no name keeps the page and what was typed', async () => {
    const { house: at, browser, rename } = await ownerOf()
    const long = 'x'.repeat(101)
    const refused = await browser.send(await rename(), 'rename', { name: long })
    expect(refused.html).toContain(`value="${long}"`)
    expect(text(refused)).toContain('at most 100 characters')
    expect((await browser.send(refused, 'rename', { name: 'Tablet' })).path).toBe('/account/security?done=renamed')
    expect(await onlyApp(at)).toMatchObject({ name: 'Tablet' })
  })

  it('is removed after a question, with the backup codes that were for it; the owner hears of it', async () => {
    const { house: at, browser, remove } = await ownerOf()
    const { backupCodes } = at.people.factors
    await inTransaction(at.services.database.app, (tx) => backupCodes.generate(tx, arranging, at.ada.id))
    const asked = await remove()
    expect(text(asked)).toContain('It is your last second factor')
    expect(await onlyApp(at), 'a GET changes nothing').toBeDefined()
    expect((await browser.send(asked, 'remove')).path).toBe('/account/security?done=removed')
    expect(await at.people.factors.totps.listOf(at.ada.id)).toEqual([])
    expect(await backupCodes.standingOf(at.ada.id)).toBeUndefined()
    expect(await letters(at)).toContain('notice factor-removed')
  })

  it('that is the last one a rule asks for stays, and the page names the rule and the cure', async () => {
    const { house: at, browser, id, remove } = await ownerOf('  require: required\n')
    const kept = await remove()
    expect(text(kept)).toContain('Everybody who signs in here needs a second factor')
    expect(kept.html).not.toContain('id="remove-it"')
    const forced = await browser.post(`/account/security/remove?what=${id}`)
    expect(text(forced)).toContain('Add another one first')
    expect(await onlyApp(at)).toBeDefined()
  })

  it('of two that are removed at once one stays, where a rule asks for one', async () => {
    const { house: at, browser } = await ownerOf('  require: required\n')
    await withApp(at, at.ada, 'Tablet')
    const own = await at.people.factors.totps.listOf(at.ada.id)
    await Promise.all(own.map(({ id }) => browser.raw(`/account/security/remove?what=${id}`, {})))
    expect(await at.people.factors.totps.listOf(at.ada.id)).toHaveLength(1)
  })

  it('is nobody else’s to rename or to remove', async () => {
    const { house: at, id } = await ownerOf()
    await at.addPerson('eve@example.com')
    const eve = at.browser()
    await eve.signIn('/account', 'eve@example.com')
    for (const what of ['rename', 'remove'])
      expect((await eve.go(`/account/security/${what}?what=${id}`)).path).toBe('/account/security')
    await eve.post(`/account/security/rename?what=${id}`, { name: 'Mine' })
    await eve.post(`/account/security/remove?what=${id}`)
    expect(await onlyApp(at)).toMatchObject({ name: 'Phone' })
  })
})

describe('codes by e-mail', () => {
  it('are turned on by the code that came to the mailbox, where they count, and off after a question', async () => {
    const { house: at, browser } = await signedIn('  factors: [totp, email-code]\n')
    const page = await browser.send(await browser.go('/account/security'), 'send-email-code')
    expect(page.path).toBe('/account/security/email-code/add')
    expect(page.html, 'a way back').toMatch(/id="back"[^>]*href="\/account\/security"/)
    const code = /\b\d{6}\b/.exec((await at.letters()).at(-1)?.text ?? '')?.[0] ?? ''
    const other = code === '111111' ? '222222' : '111111'
    expect(text(await browser.send(page, 'add-email-code', { code: other }))).toContain('This code is not right')
    expect((await browser.send(page, 'add-email-code', { code })).path).toBe('/account/security?done=email-code')
    expect(await at.people.factors.emailCodes.isEnabled(at.ada.id)).toBe(true)
    const removal = await browser.go('/account/security/remove?what=email-code')
    expect(text(removal)).toContain('Turn codes by e-mail off?')
    const done = await browser.send(removal, 'remove')
    expect(done.path).toBe('/account/security?done=email-code-off')
    expect(text(done)).toContain('Codes by e-mail are turned off.')
    expect(await at.people.factors.emailCodes.isEnabled(at.ada.id)).toBe(false)
  })

  it('are offered nowhere else', async () => {
    const { house: at, browser } = await signedIn()
    expect((await browser.go('/account/security')).html).not.toContain('send-email-code')
    expect((await browser.post('/account/security/email-code/send')).path).toBe('/account/security')
    expect(await letters(at)).toEqual([])
  })
})

describe('trusted browsers', () => {
  it('are listed for their owner, and ended one by one or all at once, without a fresh sign-in', async () => {
    const { house: at, browser } = await signedIn('  trustedBrowser: 30d\n')
    const { trustedBrowsers } = at.people.factors
    const trust = () =>
      inTransaction(at.services.database.app, (tx) =>
        trustedBrowsers.trust(tx, arranging, at.ada.id, { factor: 'totp', userAgent: undefined, ip: '192.0.2.9' }),
      )
    const [first, second, third] = [await trust(), await trust(), await trust()]
    at.clock.advance(600_000)
    const page = await browser.go('/account/security')
    const [newest] = await trustedBrowsers.listOf(at.ada.id)
    expect(text(page)).toContain('192.0.2.9')
    const ended = await browser.send(page, `end-trust-${newest?.id}`, { browser: newest?.id ?? '' })
    expect(ended.path).toBe('/account/security?done=browser')
    const known = async (of: typeof first) => trustedBrowsers.provenBy(at.ada.id, [of.token])
    expect([await known(first), await known(second), await known(third)]).toEqual(['totp', 'totp', undefined])
    expect((await browser.send(ended, 'end-browsers')).path).toBe('/account/security?done=browsers')
    expect(await trustedBrowsers.listOf(at.ada.id)).toEqual([])
  })

  it('end with every factor that comes or goes', async () => {
    const { house: at, browser } = await signedIn('  trustedBrowser: 30d\n')
    const { trustedBrowsers } = at.people.factors
    await inTransaction(at.services.database.app, (tx) =>
      trustedBrowsers.trust(tx, arranging, at.ada.id, { factor: 'totp', userAgent: undefined, ip: '192.0.2.9' }),
    )
    const page = await begin(at, browser)
    await browser.send(page, 'add-app', { name: 'Phone', code: codeOf(at, keyOn(page)) })
    expect(await trustedBrowsers.listOf(at.ada.id)).toEqual([])
  })

  it('stay when new backup codes are made, on whose word none is trusted', async () => {
    const at = await house('  trustedBrowser: 30d\n')
    const key = await withApp(at, at.ada)
    const browser = at.browser()
    const page = await signInWithApp(at, browser, key, '/account/security/backup-codes')
    const { trustedBrowsers, backupCodes } = at.people.factors
    await inTransaction(at.services.database.app, (tx) =>
      trustedBrowsers.trust(tx, arranging, at.ada.id, { factor: 'totp', userAgent: undefined, ip: '192.0.2.9' }),
    )
    await browser.send(page, 'make-codes')
    expect(await backupCodes.standingOf(at.ada.id)).toMatchObject({ left: 10 })
    expect(await trustedBrowsers.listOf(at.ada.id)).toHaveLength(1)
  })
})
