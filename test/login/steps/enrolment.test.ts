import { beforeEach, describe, expect, it } from 'vitest'
import { inTransaction } from '../../../src/db/transaction.ts'
import { putEnrolmentDue } from '../../../src/factors/store.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { en } from '../../../src/ui/messages/en.ts'
import type { User } from '../../../src/users/user.ts'
import { arranging } from '../../support/event-guard.ts'
import { email, MINUTE, newJar, openSteps, password, SECOND, type Steps, type Visit, WRONG } from '../second-factors.ts'

const DAY = 24 * 60 * MINUTE
const required = { rules: [{ mfa: 'required' }] } as const

let login: Steps
let ada: User
beforeEach(async () => {
  login = await openSteps()
  ada = await login.addPerson(email, password)
})

async function at(step: string, ...begun: Parameters<Steps['begin']>) {
  const visit = login.begin(...begun)
  expect((await visit.signIn()).at).toBe(step)
  return visit
}

async function throughMailbox(...begun: Parameters<Steps['begin']>) {
  const visit = await at('mailbox', ...begun)
  await visit.send('/send-code')
  expect((await visit.send('/mailbox', { code: await login.mailedCode() })).at).toBe('enrol')
  return visit
}

/** As somebody reads it off the page. */
function appIn(page: string) {
  const [, secret = ''] = /id="totp-key"[\s\S]*?data-line="([A-Z2-7]+)"/.exec(page) ?? []
  expect(secret).toHaveLength(32)
  return login.appOf(new Secret(secret))
}

async function addsTotp(visit: Visit) {
  const offered = await visit.send('/enrol/totp/offer')
  expect(offered.at).toBe('enrol-totp')
  const app = appIn(offered.page)
  return { app, ...(await visit.send('/enrol/totp', { code: app.code(), name: 'Phone' })) }
}

const codesIn = (page: string) =>
  [...page.matchAll(/data-line="([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)"/g)].map(([, code]) => code)

describe('[MOS-5] a second factor that a rule asks for, of somebody who has none', () => {
  it('is enrolled at the sign-in: the mailbox first, then the app, then backup codes, and no session before the end', async () => {
    const visit = await throughMailbox(required)
    const { at: codesPage } = await addsTotp(visit)
    expect(codesPage).toBe('backup-codes')
    expect([visit.arrived(), await login.rows('sessions')]).toEqual([[], []])
    const shown = await visit.post('/backup-codes')
    expect(shown.status).toBe(200)
    expect(codesIn(await shown.text())).toHaveLength(10)
    expect([visit.arrived(), await login.rows('sessions')]).toEqual([[], []])
    expect((await visit.send('/backup-codes/kept')).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ user: ada.id, acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] }])
    expect((await login.letters()).map(({ message }) => message)).toEqual(['email-code', 'notice factor-added'])
  })

  it('is asked for at the next sign-in, and its first code works nowhere else', async () => {
    const visit = await throughMailbox(required)
    const { app } = await addsTotp(visit)
    const next = await at('second-factor', required)
    expect((await next.withCode(app.code())).at).toBe('second-factor')
    login.clock.advance(30 * SECOND)
    expect((await next.withCode(app.code())).isDone).toBe(true)
  })

  it('shows the backup codes once: whoever looks again makes new ones, and the first count no more', async () => {
    const visit = await throughMailbox(required)
    const { app } = await addsTotp(visit)
    const [first = ''] = codesIn(await (await visit.post('/backup-codes')).text())
    const again = await visit.page()
    expect(codesIn(again)).toEqual([])
    expect(again).not.toContain(first)
    const [second = ''] = codesIn(await (await visit.post('/backup-codes')).text())
    await visit.send('/backup-codes/kept')
    const next = await at('second-factor', required)
    expect((await next.send('/second-factor', { factor: 'backup-code', code: first })).at).toBe('second-factor')
    expect((await next.send('/second-factor', { factor: 'backup-code', code: second })).isDone).toBe(true)
    expect(app).toBeDefined()
  })

  it('nobody says that they kept codes that were never made', async () => {
    const visit = await throughMailbox(required)
    await addsTotp(visit)
    expect((await visit.send('/backup-codes/kept')).at).toBe('backup-codes')
    expect(visit.arrived()).toEqual([])
  })

  it('may be a passkey', async () => {
    const visit = await throughMailbox(required)
    expect((await visit.addsPasskey()).at).toBe('backup-codes')
    await visit.post('/backup-codes')
    expect((await visit.send('/backup-codes/kept')).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ acr: 'phr' }])
  })

  it('may be a code by e-mail, where that counts: the mailbox was proven just now', async () => {
    login = await openSteps({ mfa: { factors: ['email-code'] } })
    ada = await login.addPerson(email, password)
    const visit = await throughMailbox(required)
    expect((await visit.send('/enrol/email-code')).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ acr: 'mfa' }])
  })

  it('is nothing for whoever has a stolen password and not the mailbox', async () => {
    const visit = await at('mailbox', required)
    for (const [path, fields] of [
      ['/enrol/totp/offer', {}],
      ['/enrol/totp', { code: WRONG, name: 'Thief' }],
      ['/enrol/email-code', {}],
      ['/enrol/later', {}],
      ['/passkey/add', { credential: '{}' }],
      ['/backup-codes', {}],
    ] as const)
      expect((await visit.send(path, fields)).at, path).toBe('mailbox')
    expect((await visit.post('/passkey/options')).status).toBe(409)
    expect(await login.totps.listOf(ada.id)).toEqual([])
    for (let time = 0; time < 4; time += 1)
      expect((await visit.send('/mailbox', { code: WRONG })).page).toContain(en['code.email-code.error.mismatch'])
    expect((await visit.send('/mailbox', { code: WRONG })).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
  })

  it('is not opened by the code that another sign-in was sent', async () => {
    const [one, other] = [await at('mailbox', required), await at('mailbox', required)]
    await one.send('/send-code')
    await other.send('/mailbox', { code: await login.mailedCode() })
    expect(await other.at()).toBe('mailbox')
  })

  it('in two tabs ends in one: the other attempt begins anew', async () => {
    const [one, other] = [await throughMailbox(required), await throughMailbox(required)]
    const page = (await other.send('/enrol/totp/offer')).page
    await addsTotp(one)
    expect((await other.send('/enrol/totp', { code: appIn(page).code(), name: 'Other' })).at).toBe('sign-in')
    expect(await login.totps.listOf(ada.id)).toHaveLength(1)
    expect(other.arrived()).toEqual([])
  })

  it('sent twice at the same moment adds one', async () => {
    const visit = await throughMailbox(required)
    const app = appIn((await visit.send('/enrol/totp/offer')).page)
    const fields = { code: app.code(), name: 'Phone' }
    await Promise.all([visit.post('/enrol/totp', fields), visit.post('/enrol/totp', fields)])
    expect(await login.totps.listOf(ada.id)).toHaveLength(1)
    expect(await visit.at()).toBe('backup-codes')
  })

  it('says beside the field what was wrong, and keeps the name and the secret', async () => {
    const visit = await throughMailbox(required)
    const { page } = await visit.send('/enrol/totp/offer')
    const wrong = await visit.send('/enrol/totp', { code: WRONG, name: 'My phone' })
    expect([wrong.at, wrong.page.includes(en['code.totp.error.mismatch'])]).toEqual(['enrol-totp', true])
    expect(wrong.page).toContain('value="My phone"')
    expect(appIn(wrong.page).code()).toBe(appIn(page).code())
    expect((await visit.send('/enrol/totp', { code: '', name: '' })).page).toContain(en['totp.error.name-missing'])
    const told = await visit.post('/enrol/totp', { code: WRONG, name: 'x' }, { accept: 'application/json' })
    expect(told.status).toBe(422)
  })

  it('leads on where the offer is too old', async () => {
    const visit = await throughMailbox(required)
    const app = appIn((await visit.send('/enrol/totp/offer')).page)
    login.clock.advance(16 * MINUTE)
    expect((await visit.send('/enrol/totp', { code: app.code(), name: 'Phone' })).at).toBe('enrol')
    expect(visit.arrived()).toEqual([])
  })

  it('somebody who is disabled meanwhile adds nothing', async () => {
    const visit = await throughMailbox(required)
    const app = appIn((await visit.send('/enrol/totp/offer')).page)
    await login.disable(ada)
    expect((await visit.send('/enrol/totp', { code: app.code(), name: 'Phone' })).at).toBe('sign-in')
    expect(await login.totps.listOf(ada.id)).toEqual([])
  })

  it('is nothing that the password by mail and the mailbox may be together', async () => {
    login = await openSteps({ mfa: { factors: ['email-code'] } })
    ada = await login.addPerson(email, password)
    await login.recover(ada)
    const visit = await at('stuck', required)
    await visit.send('/enrol/email-code')
    expect(visit.arrived()).toEqual([])
  })
})

describe('[MOS-5] phishing-resistant, asked of somebody with an app', () => {
  it('leads by the app to a passkey, without the mailbox', async () => {
    const app = await login.addTotp(ada)
    const visit = await at('second-factor', { rules: [{ level: 'phr' }] })
    expect((await visit.withCode(app.code())).at).toBe('enrol')
    const page = await visit.page()
    expect(page).not.toContain('id="offer-totp"')
    // They have two ways already: what is missing is a passkey, and without JavaScript there is none.
    expect(page).toContain('asks for a passkey')
    expect(page).not.toContain('one more way to prove')
    expect(page).toContain('Turn JavaScript on')
    expect((await visit.send('/enrol/totp/offer')).at).toBe('enrol')
    expect(visit.arrived()).toEqual([])
    expect((await visit.addsPasskey()).at).toBe('backup-codes')
    await visit.post('/backup-codes')
    expect((await visit.send('/backup-codes/kept')).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ acr: 'phr', amr: ['pwd', 'otp', 'hwk', 'mfa'] }])
  })

  it('and a rule that counts passkeys alone does not open the account past that app', async () => {
    await login.addTotp(ada)
    const visit = await at('second-factor', { rules: [{ mfa: 'required', factors: ['passkey'] }] })
    await visit.send('/send-code')
    expect((await visit.send('/mailbox', { code: WRONG })).at).toBe('second-factor')
    expect((await visit.post('/passkey/add', { credential: '{}' })).status).toBe(303)
  })
})

describe('[MOS-5] time to put it off', () => {
  const rules = [{ mfa: 'required', grace: 14 * DAY }] as const
  it('begins with the first sign-in that asks, and is over when it is over', async () => {
    const first = await at('mailbox', { rules })
    expect(await first.page()).toContain('id="put-off"')
    expect((await first.send('/enrol/later')).isDone).toBe(true)
    expect(first.arrived()).toMatchObject([{ acr: 'aal1', amr: ['pwd'] }])
    const [putOff] = await login.eventRows('enrolment.put_off')
    expect(JSON.stringify(putOff?.after)).toContain('2030-01-29T12:00:00.000Z')
    login.clock.advance(14 * DAY - SECOND)
    expect((await (await at('mailbox', { rules })).send('/enrol/later')).isDone).toBe(true)
    expect(await login.eventRows('enrolment.put_off')).toHaveLength(1)
    const last = await at('mailbox', { rules })
    login.clock.advance(SECOND)
    expect((await last.send('/enrol/later')).at).toBe('mailbox')
    expect(await last.page()).not.toContain('id="put-off"')
    expect(last.arrived()).toEqual([])
  })

  it('is given to nobody where one of those who ask gives none', async () => {
    const visit = await at('mailbox', { rules: [...rules, { level: 'aal2' }] })
    expect((await visit.send('/enrol/later')).at).toBe('mailbox')
    expect(visit.arrived()).toEqual([])
  })

  it('puts off an enrolment, never a factor that there is', async () => {
    await login.addTotp(ada)
    const visit = await at('second-factor', { rules })
    expect((await visit.send('/enrol/later')).at).toBe('second-factor')
    expect(visit.arrived()).toEqual([])
  })

  it('is not given to somebody whose factors were taken away', async () => {
    await inTransaction(login.db, async (tx) => {
      await arranging(tx)
      await putEnrolmentDue(tx, ada.id, login.clock.now())
    })
    const visit = await at('mailbox', { rules })
    expect((await visit.send('/enrol/later')).at).toBe('mailbox')
    await visit.send('/send-code')
    expect((await visit.send('/mailbox', { code: await login.mailedCode() })).page).toContain('lost factors')
    await addsTotp(visit)
    await visit.post('/backup-codes')
    expect((await visit.send('/backup-codes/kept')).isDone).toBe(true)
    expect((await (await at('second-factor')).send('/enrol/later')).at).toBe('second-factor')
  })
})

describe('[MON-4] going on from a session', () => {
  async function signedIn(jar = newJar()) {
    const visit = login.begin({}, jar)
    await visit.signIn()
    const [arrived] = visit.arrived()
    if (!arrived) throw new Error('nobody arrived')
    return { jar, arrived, from: { sessionUser: ada.id, session: arrived.session } }
  }

  it('asks for what is missing alone, and ends in the same session, stronger', async () => {
    const { jar, arrived, from } = await signedIn()
    const app = await login.addTotp(ada)
    login.clock.advance(60 * MINUTE)
    const visit = login.begin({ ...from, rules: [{ level: 'aal2' }] }, jar)
    expect(await visit.at()).toBe('second-factor')
    expect(await login.rows('login_attempts'), 'a page that is opened changes nothing').toHaveLength(1)
    expect((await visit.withCode(WRONG)).page).toContain(en['code.totp.error.mismatch'])
    expect((await visit.withCode(app.code())).isDone).toBe(true)
    expect(visit.arrived()).toEqual([
      { user: ada.id, session: arrived.session, acr: 'aal2', amr: ['pwd', 'otp', 'mfa'], at: arrived.at },
    ])
    expect(await login.rows('sessions')).toMatchObject([{ acr: 'aal2', proofs: [{}, { factor: 'totp' }] }])
    expect(await login.eventRows('session.strengthened')).toHaveLength(1)
  })

  it('is as old as the session, not as its first factor', async () => {
    const app = await login.addTotp(ada)
    const passkey = await login.addPasskey(ada)
    const jar = newJar()
    const first = login.begin({}, jar)
    await first.signIn()
    login.clock.advance(4 * MINUTE)
    await first.withCode(app.code())
    const [arrived] = first.arrived()
    if (!arrived) throw new Error('nobody arrived')
    login.clock.advance(10 * MINUTE)
    const visit = login.begin({ sessionUser: ada.id, session: arrived.session, rules: [{ level: 'phr' }] }, jar)
    expect((await visit.withPasskey(passkey)).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ session: arrived.session, acr: 'phr', at: arrived.at }])
  })

  it('[threat 20] adds no factor to an old session: whoever stole it begins with the first form', async () => {
    const app = await login.addTotp(ada)
    const jar = newJar()
    const first = login.begin({}, jar)
    await first.signIn()
    await first.withCode(app.code())
    const [arrived] = first.arrived()
    if (!arrived) throw new Error('nobody arrived')
    const asked = { sessionUser: ada.id, session: arrived.session, rules: [{ level: 'phr' }] } as const
    expect(await login.begin(asked, jar).at(), 'within five minutes').toBe('enrol')
    login.clock.advance(6 * MINUTE)
    const visit = login.begin(asked, jar)
    expect(await visit.at()).toBe('sign-in')
    await visit.addsPasskey().catch(() => undefined)
    expect(await login.people.factors.passkeys.listOf(ada.id)).toEqual([])
  })

  it('by a passkey, too', async () => {
    const { jar, arrived, from } = await signedIn()
    const passkey = await login.addPasskey(ada)
    const visit = login.begin({ ...from, rules: [{ level: 'phr' }] }, jar)
    expect((await visit.withPasskey(passkey)).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ session: arrived.session, acr: 'phr' }])
  })

  it('leads through an enrolment, too', async () => {
    const { jar, arrived, from } = await signedIn()
    const visit = login.begin({ ...from, ...required }, jar)
    expect(await visit.at()).toBe('mailbox')
    await visit.send('/send-code')
    expect((await visit.send('/mailbox', { code: await login.mailedCode() })).at).toBe('enrol')
    await addsTotp(visit)
    await visit.post('/backup-codes')
    expect((await visit.send('/backup-codes/kept')).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ session: arrived.session, acr: 'aal2' }])
  })

  it('begins with the password where all of it is asked for anew (step-up), in a session of its own', async () => {
    const { jar, arrived, from } = await signedIn()
    const app = await login.addTotp(ada)
    const visit = login.begin({ ...from, fresh: true, rules: [{ level: 'aal2' }] }, jar)
    expect(await visit.at()).toBe('sign-in')
    expect((await visit.withCode(app.code())).at).toBe('sign-in')
    expect((await visit.signIn()).at).toBe('second-factor')
    expect((await visit.withCode(app.code())).isDone).toBe(true)
    const [anew] = visit.arrived()
    expect(anew?.session).not.toBe(arrived.session)
    expect(anew?.at).toEqual(login.clock.now())
  })

  it('is nothing for the session of somebody else, or one that has ended', async () => {
    const { jar, from } = await signedIn()
    const bob = await login.addPerson('bob@example.com', password)
    await login.addTotp(bob)
    const theirs = login.begin({ ...from, sessionUser: bob.id, rules: [{ level: 'aal2' }] }, jar)
    expect(await theirs.at()).toBe('sign-in')
    const app = await login.addTotp(ada)
    const visit = login.begin({ ...from, rules: [{ level: 'aal2' }] }, jar)
    await visit.withCode(WRONG)
    await inTransaction(login.db, (tx) => login.sessions.end(tx, login.by, from.session, 'signed-out'))
    expect((await visit.withCode(app.code())).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
  })

  it('ends with nobody who was disabled', async () => {
    const { jar, from } = await signedIn()
    const app = await login.addTotp(ada)
    const visit = login.begin({ ...from, rules: [{ level: 'aal2' }] }, jar)
    await login.disable(ada)
    expect((await visit.withCode(app.code())).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
  })

  it('a session that is strong enough already is no sign-in by itself: the first form is shown', async () => {
    const { jar, from } = await signedIn()
    const visit = login.begin(from, jar)
    expect(await visit.at()).toBe('sign-in')
    for (const path of ['/enrol/later', '/offer/later', '/backup-codes/kept', '/mailbox'])
      expect((await visit.send(path)).isDone, path).toBe(false)
    expect(visit.arrived()).toEqual([])
  })

  it('the tries of a challenge are counted there as well', async () => {
    const { jar, from } = await signedIn()
    const app = await login.addTotp(ada)
    const visit = login.begin({ ...from, rules: [{ level: 'aal2' }] }, jar)
    for (let time = 0; time < 5; time += 1) await visit.withCode(WRONG)
    expect((await visit.post('/second-factor', { factor: 'totp', code: WRONG })).status).toBe(303)
    expect(await login.eventRows('second_factor.failed')).not.toHaveLength(0)
    expect(visit.arrived()).toEqual([])
    expect(app).toBeDefined()
  })
})

describe('an offer of a passkey, after a sign-in by password in a browser that can keep one', () => {
  it('is one click to go past', async () => {
    const visit = login.begin()
    expect((await visit.signIn({ capable: 'yes' })).at).toBe('offer')
    expect(visit.arrived()).toEqual([])
    expect((await visit.send('/offer/later')).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ acr: 'aal1' }])
  })

  it('[threat 20] adds one behind the mailbox, and backup codes with it', async () => {
    const visit = login.begin()
    await visit.signIn({ capable: 'yes' })
    expect((await visit.post('/passkey/options')).status, 'not by the password alone').toBe(409)
    expect((await visit.send('/offer/accept')).at).toBe('mailbox')
    await visit.send('/send-code')
    expect((await visit.send('/mailbox', { code: await login.mailedCode() })).at).toBe('offer')
    const { at: next, passkey } = await visit.addsPasskey()
    expect(next).toBe('backup-codes')
    await visit.post('/backup-codes')
    expect((await visit.send('/backup-codes/kept')).isDone).toBe(true)
    const later = login.begin()
    expect((await later.withPasskey(passkey)).isDone).toBe(true)
  })

  it('is made after the second factor, never in its place; and not where there is one', async () => {
    const app = await login.addTotp(ada)
    const visit = await at('second-factor')
    expect((await visit.signIn({ capable: 'yes' })).at).toBe('second-factor')
    expect((await visit.send('/offer/later')).at).toBe('second-factor')
    expect((await visit.withCode(app.code())).at).toBe('offer')
    await visit.send('/offer/later')
    await login.addPasskey(ada)
    expect((await login.begin().signIn({ capable: 'yes' })).at).toBe('second-factor')
  })
})

describe('a password that has to be changed', () => {
  it('is changed after the second factor, never before', async () => {
    const app = await login.addTotp(ada)
    login.known.add(password)
    const visit = await at('second-factor')
    expect((await visit.send('/password', { password: 'another one, as long as it has to be' })).at).toBe(
      'second-factor',
    )
    expect((await visit.withCode(app.code())).at).toBe('new-password')
    expect(visit.arrived()).toEqual([])
    expect((await visit.send('/password', { password: 'another one, as long as it has to be' })).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ acr: 'aal2' }])
  })
})
