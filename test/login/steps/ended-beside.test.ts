import { beforeEach, describe, expect, it } from 'vitest'
import type { CreationOptions } from '../../../src/credentials/passkey/ask.ts'
import { inTransaction } from '../../../src/db/transaction.ts'
import type { User } from '../../../src/users/user.ts'
import { eventually } from '../../support/eventually.ts'
import { makePasskey } from '../../support/software-authenticator.ts'
import { type App, email, MINUTE, newJar, openSteps, password, type Steps } from '../second-factors.ts'

const DAY = 24 * 60 * MINUTE

let login: Steps
let ada: User
let app: App
beforeEach(async () => {
  login = await openSteps()
  ada = await login.addPerson(email, password)
  app = await login.addTotp(ada)
})

const passkeys = () => login.people.factors.passkeys.listOf(ada.id)

describe('[threat 20] what goes on from a session', () => {
  /** Strong and young enough to add a passkey by, as a rule of the application asks for one. */
  async function goingOn() {
    const jar = newJar()
    const first = login.begin({}, jar)
    await first.signIn()
    await first.withCode(app.code())
    const [arrived] = first.arrived()
    if (!arrived) throw new Error('nobody arrived')
    const { session } = arrived
    const visit = login.begin({ sessionUser: ada.id, session, rules: [{ level: 'phr' }] }, jar)
    expect(await visit.at()).toBe('enrol')
    const end = () => inTransaction(login.db, (tx) => login.sessions.end(tx, login.by, session, 'revoked'))
    return { visit, end, session }
  }

  it('adds no factor once that session has ended, however far it had come', async () => {
    const { visit, end } = await goingOn()
    await visit.post('/send-code')
    expect(await login.rows('login_attempts'), 'it is kept from here on').toHaveLength(2)
    const { answer } = makePasskey(await visit.options<CreationOptions>())
    await end()
    const sent = await visit.send('/passkey/add', { credential: JSON.stringify(answer) })
    expect(await passkeys()).toEqual([])
    expect(sent.at).toBe('sign-in')
  })

  it('nor where it ends while the passkey waits for its turn', async () => {
    const { visit, end } = await goingOn()
    await visit.post('/send-code')
    const { answer } = makePasskey(await visit.options<CreationOptions>())
    const admin = await login.database.superuser()
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    const { sent } = await inTransaction(login.db, async (tx) => {
      await login.people.users.hold(tx, ada.id)
      const adding = visit.send('/passkey/add', { credential: JSON.stringify(answer) })
      await eventually(async () => ((await admin.query(waiting)).rowCount === 1 ? true : undefined))
      await end()
      return { sent: adding }
    })
    expect((await sent).at).toBe('sign-in')
    expect(await passkeys()).toEqual([])
  })

  it('shows no backup codes once that session has ended', async () => {
    const { visit, end } = await goingOn()
    expect((await visit.addsPasskey()).at).toBe('backup-codes')
    await end()
    expect((await visit.send('/backup-codes')).at).toBe('sign-in')
    expect(await login.backupCodes.standingOf(ada.id)).toBeUndefined()
  })
})

describe('[threat 20] a trust in a browser that ends while a sign-in rests on it', () => {
  it('is none any more: that sign-in leaves no session, and the next one asks for the code', async () => {
    login = await openSteps({ mfa: { trustedBrowser: 30 * DAY } })
    ada = await login.addPerson(email, password)
    app = await login.addTotp(ada)
    const jar = newJar()
    const first = login.begin({}, jar)
    await first.signIn()
    expect((await first.withCode(app.code(), { trust: 'on' })).isDone).toBe(true)
    let ended = 0
    login.onStart(async () => {
      ended += await inTransaction(login.db, (tx) =>
        login.people.factors.trustedBrowsers.endAllOf(tx, login.by, ada.id, 'everything-ended'),
      )
    })
    const visit = login.begin({}, jar)
    expect((await visit.signIn()).at).toBe('sign-in')
    expect([ended, visit.arrived()]).toEqual([1, []])
    expect(await login.rows('sessions')).toHaveLength(1)
    const again = login.begin({}, jar)
    expect((await again.signIn()).at).toBe('second-factor')
  })
})

describe('a form that is sent twice at the same moment', () => {
  it('arrives both times, and counts no failure', async () => {
    login = await openSteps({ guarded: true })
    ada = await login.addPerson(email, password)
    app = await login.addTotp(ada)
    for (let time = 1; time <= 5; time += 1) {
      const visit = login.begin()
      await visit.signIn()
      const code = app.code()
      const both = await Promise.all([visit.withCode(code), visit.withCode(code)])
      expect(both.map(({ at }) => at)).toEqual(['done', 'done'])
      expect(await login.rows('sessions')).toHaveLength(time)
      login.clock.advance(30_000)
    }
    expect(await login.eventRows('second_factor.failed')).toEqual([])
  })
})
