import { describe, expect, it, vi } from 'vitest'
import { changing } from '../../src/account/security/changing.ts'
import { factorChanges } from '../../src/account/security/factors.ts'
import type { Visit } from '../../src/account/viewer.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { findHeld } from '../../src/factors/store.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { configFile } from '../support/scratch.ts'
import { makePasskey } from '../support/software-authenticator.ts'
import { codeOf, keyOn, mailedCode, proveMailbox } from './own-factors.ts'
import { type AccountHouse, accountHouse, type Browser, type Stop, text } from './support.ts'

// Every sign-in hashes, at the lowest priority.
vi.setConfig({ testTimeout: 60_000 })

const arranging = { actor: { kind: 'operator', id: 'test' } } as const
const withMail = '  factors: [passkey, totp, email-code, backup-code]\n  trustedBrowser: 30d\n'

const house = (mfa = '') =>
  accountHouse({ host: 'localhost', env: mfa === '' ? {} : { CONFIG_FILE: configFile(`mfa:\n${mfa}`) } })

async function signedIn(mfa = '') {
  const at = await house(mfa)
  const browser = at.browser()
  await browser.signIn()
  return { at, browser }
}

const pathOf = ({ path }: Stop) => path
const appsOf = async ({ people, ada }: AccountHouse) => people.factors.totps.listOf(ada.id)
const passkeysOf = async ({ people, ada }: AccountHouse) => people.factors.passkeys.listOf(ada.id)
const addPasskey = '/account/security/passkeys/add'

describe('the first second factor (threat 20)', () => {
  it('is added by nobody who has the password and not the mailbox: an app', async () => {
    const { at, browser } = await signedIn()
    const asked = await browser.post('/account/security/apps/begin')
    expect(pathOf(asked)).toBe('/account/security/mailbox?to=app')
    expect(await at.letters(), 'a page that is merely opened sends nothing').toEqual([])
    const holder = await browser.post('/account/security/apps/add', { name: 'Thief', code: '123456' })
    expect(pathOf(holder)).toBe('/account/security/mailbox?to=app')
    expect(await appsOf(at)).toEqual([])

    const sent = await browser.send(asked, 'send-mailbox-code')
    expect(text(sent), 'no mail server: the code lies in the outbox').toContain('This service sends no mail.')
    const code = await mailedCode(at)
    const wrong = await browser.send(sent, 'prove-mailbox', { code: code === '111111' ? '222222' : '111111' })
    expect([pathOf(wrong), text(wrong).includes('This code is not right')]).toEqual([pathOf(asked), true])
    expect(text(await browser.send(wrong, 'prove-mailbox', { code: ' ' }))).toContain(
      'Enter the six digits from the letter.',
    )
    const offered = await browser.send(wrong, 'prove-mailbox', { code })
    expect(pathOf(offered), 'on to what was wanted').toBe('/account/security/apps/add')
    const added = await browser.send(offered, 'add-app', { name: 'Phone', code: codeOf(at, keyOn(offered)) })
    expect(pathOf(added)).toBe('/account/security/backup-codes?done=app')
    expect(await appsOf(at)).toHaveLength(1)
    expect((await browser.send(added, 'make-codes')).status, 'and is asked once').toBe(200)
  })

  it('nor a passkey; a script is told', async () => {
    const { at, browser } = await signedIn()
    expect((await browser.raw('/account/security/passkeys/options', {})).status).toBe(401)
    const asked = await browser.post(addPasskey, { credential: '{}', name: 'Thief' })
    expect(pathOf(asked)).toBe('/account/security/mailbox?to=passkey')
    expect(pathOf(await proveMailbox(at, browser, asked))).toBe(addPasskey)
    expect((await browser.raw('/account/security/passkeys/options', {})).status).toBe(200)
    const [session] = await at.people.sessions.listOf(at.ada.id)
    const options = await at.people.factors.passkeys.askForEnrolment(sha256(session?.id ?? ''), at.ada)
    const credential = JSON.stringify(makePasskey(options, { origin: at.issuer }).answer)
    const added = await browser.post(addPasskey, { credential, name: 'Key' })
    expect(pathOf(added)).toBe('/account/security/backup-codes?done=passkey')
    expect(await passkeysOf(at)).toHaveLength(1)
  })

  it('is judged once more where it is written, by what they have then', async () => {
    const { at } = await signedIn(withMail)
    const { people, ada: user, clock, services } = at
    const { sessions, factors: own, factorChanged } = people
    const db = services.database.app
    const stepUp = {
      heldBy: (id: typeof user.id, tx = db) => findHeld(tx, id),
      counting: ['passkey', 'totp', 'email-code', 'backup-code'],
      rulesOf: async () => [],
    } as const
    const changes = factorChanges({
      changing: changing({ db, users: people.users, sessions, clock }),
      ...{ own, stepUp, factorChanged, users: people.users, sessions, clock },
    })
    const [{ id: session } = { id: undefined }] = await sessions.listOf(user.id)
    if (!session) throw new Error('nobody is signed in')
    const viewer = { user: user.id, session, authTime: clock.now(), amr: ['pwd'], acr: 'aal1' }
    const visit: Visit = {
      viewer,
      user,
      by: arranging,
      locale: 'en',
      steppedUpAt: clock.now(),
      proofs: [],
      mailbox: 'due',
    }
    const asks = { ok: false, error: 'mailbox' }
    expect(await changes.addApp(visit, { code: '123456', name: 'Phone' })).toEqual(asks)
    expect(await changes.addPasskey(visit, { response: {}, name: 'Key' })).toEqual(asks)
    await inTransaction(db, (tx) => own.emailCodes.enable(tx, arranging, user.id))
    expect(await changes.newBackupCodes(visit)).toEqual(asks)
    expect(await changes.remove(visit, 'email-code')).toEqual(asks)
    expect(await changes.remove({ ...visit, mailbox: 'proven' }, 'email-code')).toMatchObject({ ok: true })
  })

  it.each([
    ['before another factor is added', addPasskey, 'send-mailbox-code', 'prove-mailbox'],
    ['where codes by mail are turned on', '/account/security', 'send-email-code', 'add-email-code'],
  ])('proves the address, which nobody is asked to prove once more: %s', async (_, from, send, prove) => {
    const at = await house(withMail)
    const grace = await at.addPerson('grace@example.com', { verified: false })
    const theirs = at.browser()
    await theirs.signIn('/account', grace.email)
    const sent = await theirs.send(await theirs.go(from), send)
    expect(await at.find(grace)).toMatchObject({ emailVerified: false })
    await theirs.send(sent, prove, { code: await mailedCode(at) })
    expect(await at.find(grace)).toMatchObject({ emailVerified: true })
    expect(await at.events('user.email_verified')).toHaveLength(1)
  })

  it('the proof is one of this session alone, and of the address that it went to', async () => {
    const { at, browser } = await signedIn()
    const other = at.browser()
    await other.signIn()
    const sent = await browser.send(await browser.go(addPasskey), 'send-mailbox-code')
    const asked = await other.send(await other.go(addPasskey), 'send-mailbox-code')
    const mailed = (await at.letters()).filter(({ message }) => message === 'email-code')
    const [code] = mailed.map((letter) => /\b\d{6}\b/.exec(letter.text)?.[0] ?? '')
    expect(text(await other.send(asked, 'prove-mailbox', { code: code ?? '' }))).toContain('This code is not right')
    expect(pathOf(await browser.send(sent, 'prove-mailbox', { code: code ?? '' }))).toBe(addPasskey)
    const noted = browser.jar.headerFor(new URL(addPasskey, at.issuer)) ?? ''
    const sealed = /(?:^|; )mailbox=([^;]+)/.exec(noted)?.[1] ?? ''
    expect(sealed).not.toBe('')
    other.jar.keep(new Response(null, { headers: { 'set-cookie': `mailbox=${sealed}; Path=/account/security` } }))
    expect(pathOf(await other.go(addPasskey)), 'carried over to another session').toMatch(/mailbox/)
    await inTransaction(at.services.database.app, (tx) =>
      at.people.users.changeEmail(tx, arranging, at.ada.id, 'new@example.com'),
    )
    expect(pathOf(await browser.go(addPasskey)), 'and of another address').toMatch(/mailbox/)
  })

  it('is no place to guess: wrong codes count with those of the sign-in, and lock (threat 14)', async () => {
    const { at, browser } = await signedIn()
    let page = await browser.send(await browser.go(addPasskey), 'send-mailbox-code')
    const right = await mailedCode(at)
    const code = right === '111111' ? '222222' : '111111'
    for (let guess = 0; guess < 5; guess++) page = await browser.send(page, 'prove-mailbox', { code })
    expect(text(page)).toContain('You can try again in 5 minutes')
    expect((await browser.send(page, 'prove-mailbox', { code: right })).status).toBe(429)
  })

  it('codes by mail prove the mailbox by themselves', async () => {
    const { at, browser } = await signedIn(withMail)
    const page = await browser.post('/account/security/email-code/send')
    const added = await browser.send(page, 'add-email-code', { code: await mailedCode(at) })
    expect(pathOf(added)).toBe('/account/security/backup-codes?done=email-code')
    expect((await browser.send(added, 'make-codes')).status).toBe(200)
    expect(pathOf(await browser.go(addPasskey))).toBe(addPasskey)
    expect((await at.letters()).filter(({ message }) => message === 'email-code')).toHaveLength(1)
  })
})

describe('where codes by mail are the only second factor', () => {
  const uidOf = ({ path }: Stop) => /\/login\/[^/?]+/.exec(path)?.[0] ?? ''
  const enable = (at: AccountHouse) =>
    inTransaction(at.services.database.app, (tx) => at.people.factors.emailCodes.enable(tx, arranging, at.ada.id))

  async function withCode(at: AccountHouse, browser: Browser, stop: Stop, trust = {}): Promise<Stop> {
    await browser.post(`${uidOf(stop)}/send-code`)
    const code = await mailedCode(at)
    return browser.post(`${uidOf(stop)}/second-factor`, { factor: 'email-code', code, ...trust })
  }

  it('a trusted browser and the password open no sensitive change; the code does', async () => {
    const at = await house(withMail)
    await enable(at)
    const browser = at.browser()
    expect(pathOf(await withCode(at, browser, await browser.signIn(), { trust: 'on' }))).toBe('/account')
    await inTransaction(at.services.database.app, (tx) =>
      at.people.sessions.endAllOf(tx, arranging, at.ada.id, { reason: 'revoked' }),
    )
    at.clock.advance(3_600_000)
    expect(pathOf(await browser.signIn()), 'in by the trust').toBe('/account')
    for (const path of ['/account/password', '/account/email', addPasskey, '/account/security/backup-codes'])
      expect(pathOf(await browser.go(path)), path).toMatch(/^\/login\//)
    for (const path of ['apps/begin', 'apps/add', 'passkeys/add', 'backup-codes', 'remove?what=email-code'])
      expect(pathOf(await browser.post(`/account/security/${path}`)), path).toMatch(/^\/login\//)
    const anew = await browser.signIn('/account/password')
    expect(pathOf(anew), 'the trust does not stand for it').toMatch(/^\/login\//)
    expect(pathOf(await withCode(at, browser, anew))).toBe('/account/password')
    expect(pathOf(await browser.go(addPasskey)), 'and nothing is asked twice').toBe(addPasskey)
  })

  it('what comes or goes takes a code of these minutes', async () => {
    const { at, browser } = await signedIn(withMail)
    await enable(at)
    const asked = await browser.go('/account/security/remove?what=email-code')
    expect(pathOf(asked)).toBe('/account/security/mailbox?to=remove&what=email-code')
    for (const [path, to] of [
      [addPasskey, 'passkey'],
      ['/account/security/backup-codes', 'backup-codes'],
    ] as const) {
      expect(pathOf(await browser.go(path))).toBe(`/account/security/mailbox?to=${to}`)
      const form = path === addPasskey ? { credential: '{}' } : {}
      expect(pathOf(await browser.post(path, form))).toBe(`/account/security/mailbox?to=${to}`)
    }
    await browser.post('/account/security/remove?what=email-code')
    expect(await at.people.factors.emailCodes.isEnabled(at.ada.id)).toBe(true)
    const removal = await proveMailbox(at, browser, asked)
    expect(pathOf(removal)).toBe('/account/security/remove?what=email-code')
    await browser.send(removal, 'remove')
    expect(await at.people.factors.emailCodes.isEnabled(at.ada.id)).toBe(false)
  })
})
