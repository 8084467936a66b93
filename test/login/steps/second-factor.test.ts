import { beforeEach, describe, expect, it } from 'vitest'
import { en } from '../../../src/ui/messages/en.ts'
import type { User } from '../../../src/users/user.ts'
import { usePasskey } from '../../support/software-authenticator.ts'
import { type App, email, MINUTE, newJar, openSteps, password, SECOND, type Steps, WRONG } from '../second-factors.ts'

let login: Steps
let ada: User
let app: App
beforeEach(async () => {
  login = await openSteps()
  ada = await login.addPerson(email, password)
  app = await login.addTotp(ada)
})

/** A browser that has shown the right password. */
async function atSecondFactor(...begun: Parameters<Steps['begin']>) {
  const visit = login.begin(...begun)
  expect((await visit.signIn()).at).toBe('second-factor')
  return visit
}

describe('[MON-4] a code of an app, beside the password', () => {
  it('ends the sign-in, and both factors stand in it', async () => {
    const visit = await atSecondFactor()
    expect(visit.arrived()).toEqual([])
    expect(await login.rows('sessions')).toEqual([])
    expect((await visit.withCode(app.code())).isDone).toBe(true)
    const [session] = await login.rows('sessions')
    expect(visit.arrived()).toEqual([
      {
        user: ada.id,
        amr: ['pwd', 'otp', 'mfa'],
        acr: 'aal2',
        at: login.clock.now(),
        session: `ses_${session?.id.replaceAll('-', '')}`,
      },
    ])
    expect(session).toMatchObject({ acr: 'aal2', proofs: [{ factor: 'password' }, { factor: 'totp' }] })
    expect(await login.eventRows('sign_in.completed')).toMatchObject([{ after: { factors: ['password', 'totp'] } }])
  })

  it('is taken with the spaces that an app shows, and by one box that a browser may fill', async () => {
    const visit = await atSecondFactor()
    const page = await visit.page()
    expect(page).toMatch(/<input[^>]*id="code"[^>]*autocomplete="one-time-code"/)
    expect(page).toContain(email)
    const code = app.code()
    expect((await visit.withCode(` ${code.slice(0, 3)} ${code.slice(3)} `)).isDone).toBe(true)
  })

  it('that is wrong leaves the attempt where it is, and says how many tries are left', async () => {
    const visit = await atSecondFactor()
    const said: (string | undefined)[] = []
    for (let time = 0; time < 4; time += 1) {
      const { at, page, sent, status } = await visit.withCode(WRONG)
      expect([sent.status, status, at]).toEqual([303, 200, 'second-factor'])
      expect(page).toContain(en['code.totp.error.mismatch'])
      expect(page).toMatch(/<input[^>]*id="code"[^>]*aria-invalid="true"/)
      expect(page).not.toContain(WRONG)
      said.push(/One more try|\d more tries/.exec(page)?.[0])
    }
    expect(said).toEqual([undefined, undefined, '2 more tries', 'One more try'])
    expect((await visit.withCode(app.code())).isDone).toBe(true)
    expect(await login.eventRows('second_factor.failed')).toHaveLength(4)
    expect(JSON.stringify(await login.eventRows('second_factor.failed'))).not.toContain(WRONG)
  })

  it('that is wrong is told to a program by the status', async () => {
    const visit = await atSecondFactor()
    const accept = { accept: 'application/json' }
    expect((await visit.post('/second-factor', { factor: 'totp', code: WRONG }, accept)).status).toBe(401)
    expect((await visit.post('/second-factor', { factor: 'totp', code: '  ' }, accept)).status).toBe(422)
    expect((await visit.post('/second-factor', { factor: 'password', code: WRONG }, accept)).status).toBe(400)
    expect((await visit.post('/second-factor', { factor: 'totp', code: WRONG, acr: 'phr' }, accept)).status).toBe(400)
  })

  it('that is missing is no try', async () => {
    const visit = await atSecondFactor()
    for (let time = 0; time < 7; time += 1)
      expect((await visit.withCode('')).page).toContain(en['code.totp.error.missing'])
    expect((await visit.withCode(app.code())).isDone).toBe(true)
  })

  it('[STO-2] after five wrong ones the sign-in begins anew: the right one is too late', async () => {
    const visit = await atSecondFactor()
    for (let time = 0; time < 4; time += 1) await visit.withCode(WRONG)
    const fifth = await visit.withCode(WRONG)
    expect([fifth.at, fifth.page.includes(en['login.error.over-tries'])]).toEqual(['sign-in', true])
    expect((await visit.withCode(app.code())).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
    expect((await visit.signIn()).at).toBe('second-factor')
    expect((await visit.withCode(app.code())).isDone).toBe(true)
  })

  it('[STO-2] after five minutes the sign-in begins anew', async () => {
    const visit = await atSecondFactor()
    login.clock.advance(5 * MINUTE - SECOND)
    expect(await visit.at()).toBe('second-factor')
    login.clock.advance(SECOND)
    expect(await visit.page()).toContain(en['login.error.over-time'])
    const late = await visit.withCode(app.code())
    expect([late.at, late.page.includes(en['login.error.over-time'])]).toEqual(['sign-in', true])
    expect(visit.arrived()).toEqual([])
    expect((await visit.signIn()).at).toBe('second-factor')
  })

  it('[threat 13] works once: not twice, not in another sign-in, and of twenty at once in one', async () => {
    const first = await atSecondFactor()
    const code = app.code()
    await first.withCode(code)
    const second = await atSecondFactor()
    expect((await second.withCode(code)).at).toBe('second-factor')
    expect((await second.withCode(app.code(-1))).at).toBe('second-factor')
    login.clock.advance(30 * SECOND)
    const visits = []
    for (let which = 0; which < 20; which += 1) visits.push(await atSecondFactor())
    const next = app.code()
    const answers = await Promise.all(
      visits.map((visit) => visit.post('/second-factor', { factor: 'totp', code: next })),
    )
    const ends = answers.filter((answer) => answer.headers.get('location')?.startsWith('/oauth/authorize/'))
    expect(ends).toHaveLength(1)
    expect(visits.flatMap((visit) => visit.arrived())).toHaveLength(1)
  })

  it('[threat 13] a clock that was set back accepts nothing that it accepted before', async () => {
    const code = app.code(-1)
    await (await atSecondFactor()).withCode(app.code())
    login.clock.advance(-2 * MINUTE)
    const visit = await atSecondFactor()
    for (const old of [code, app.code(), app.code(1)]) expect((await visit.withCode(old)).at).toBe('second-factor')
    expect(visit.arrived()).toEqual([])
  })

  it('of another person proves nothing', async () => {
    const bob = await login.addPerson('bob@example.com', password)
    const theirs = await login.addTotp(bob)
    const visit = await atSecondFactor()
    expect((await visit.withCode(theirs.code())).at).toBe('second-factor')
  })

  it('sent twice at the same moment starts one session, and both answers lead on', async () => {
    const visit = await atSecondFactor()
    const fields = { factor: 'totp', code: app.code() }
    const answers = await Promise.all([visit.post('/second-factor', fields), visit.post('/second-factor', fields)])
    for (const answer of answers) {
      const to = answer.headers.get('location') ?? ''
      expect([`/oauth/authorize/${visit.pending.uid}`, `/login/${visit.pending.uid}`]).toContain(to)
    }
    expect((await visit.post('/second-factor', fields)).headers.get('location')).toContain('/oauth/authorize/')
    expect(await login.rows('sessions')).toHaveLength(1)
    expect(new Set(visit.arrived().map(({ session }) => session)).size).toBe(1)
    expect(await login.eventRows('sign_in.completed')).toHaveLength(1)
  })
})

describe('[threat 11] the second factor cannot be gone around', () => {
  it('by any form of another step, in any order', async () => {
    const visit = await atSecondFactor()
    const others: [string, Record<string, string>?][] = [
      ['/mailbox', { code: WRONG }],
      ['/enrol/totp/offer'],
      ['/enrol/totp', { code: WRONG, name: 'x' }],
      ['/enrol/email-code'],
      ['/enrol/later'],
      ['/offer/later'],
      ['/backup-codes'],
      ['/backup-codes/kept'],
      ['/password', { password: 'another one, as long as it has to be' }],
      ['/passkey', { credential: '{}' }],
      ['/passkey/add', { credential: '{}' }],
      ['/send-code'],
      ['/consent'],
    ]
    for (const [path, fields] of others) {
      const answer = await visit.post(path, fields)
      expect([answer.status, answer.headers.get('location')?.split('?')[0]], path).toEqual([
        303,
        `/login/${visit.pending.uid}`,
      ])
      expect(await visit.at(), path).toBe('second-factor')
    }
    expect(visit.arrived()).toEqual([])
    expect(await login.letters()).toEqual([])
    expect(await login.backupCodes.standingOf(ada.id)).toBeUndefined()
    expect((await visit.withCode(app.code())).isDone).toBe(true)
  })

  it('by a code without a password', async () => {
    const visit = login.begin()
    expect((await visit.withCode(app.code())).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
  })

  it('by the code in another sign-in than the one that the password was shown in', async () => {
    await atSecondFactor()
    const other = login.begin()
    expect((await other.withCode(app.code())).at).toBe('sign-in')
    expect(other.arrived()).toEqual([])
  })

  it('[threat 12] from another browser', async () => {
    const visit = await atSecondFactor()
    const fields = { factor: 'totp', code: app.code() }
    expect((await visit.post('/second-factor', fields, { cookie: 'interaction=another' })).status).toBe(410)
    expect((await visit.post('/second-factor', fields, { cookie: '' })).status).toBe(410)
    expect(visit.arrived()).toEqual([])
    expect((await visit.withCode(app.code())).isDone).toBe(true)
  })

  it('by the password of somebody else: who goes on is whoever was named last', async () => {
    await login.addPerson('bob@example.com', 'coal, kindling and a match')
    const visit = await atSecondFactor()
    const other = await visit.signIn({ email: 'bob@example.com', password: 'coal, kindling and a match' })
    expect(other.isDone).toBe(true)
    expect(visit.arrived().map(({ user, acr }) => [user === ada.id, acr])).toEqual([[false, 'aal1']])
  })

  it('and a wrong password in a second tab takes back what the first one proved', async () => {
    const visit = await atSecondFactor()
    await visit.signIn({ password: 'not this one at all' })
    expect((await visit.withCode(app.code())).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
  })

  it('the way back to the first form, and the right password once more, lead to the same place', async () => {
    const visit = await atSecondFactor()
    expect(await visit.at('?as=other')).toBe('sign-in')
    expect((await visit.signIn()).at).toBe('second-factor')
    expect((await visit.withCode(app.code())).isDone).toBe(true)
  })
})

describe('what changes between the two steps', () => {
  it('somebody who is disabled does not get in', async () => {
    const visit = await atSecondFactor()
    await login.disable(ada)
    expect((await visit.withCode(app.code())).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
    expect(await login.rows('sessions')).toEqual([])
  })

  it('a password that is changed elsewhere ends the attempt', async () => {
    const visit = await atSecondFactor()
    await login.changePassword(ada, 'another one, as long as it has to be')
    expect((await visit.withCode(app.code())).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
  })

  it('a factor that is added meanwhile ends it', async () => {
    const visit = await atSecondFactor()
    await login.factorChanged(ada, { kind: 'added', factor: 'totp' })
    expect((await visit.withCode(app.code())).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
  })

  it('a factor that is removed is none any more, and what is left is asked for', async () => {
    const visit = await atSecondFactor()
    await login.addPasskey(ada)
    await login.removeTotps(ada)
    expect((await visit.withCode(app.code())).at).toBe('second-factor')
    expect(await visit.page()).toContain('data-use="second-factor"')
    expect(visit.arrived()).toEqual([])
  })
})

describe('[MON-4] a passkey, beside the password', () => {
  it('ends the sign-in, as phishing-resistant', async () => {
    const passkey = await login.addPasskey(ada)
    const visit = await atSecondFactor()
    expect((await visit.withPasskey(passkey, { ceremony: { verified: false } })).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ acr: 'phr', amr: ['pwd', 'hwk', 'mfa'] }])
  })

  it('[threat 21] of somebody else is refused, in the page', async () => {
    const bob = await login.addPerson('bob@example.com', password)
    await login.addPasskey(ada)
    const theirs = await login.addPasskey(bob)
    const visit = await atSecondFactor()
    const { at, page } = await visit.withPasskey(theirs)
    expect([at, page.includes(en['step.passkey.refused'])]).toEqual(['second-factor', true])
    expect(visit.arrived()).toEqual([])
    expect(await login.eventRows('second_factor.failed')).toMatchObject([
      { target_id: ada.id, after: { reason: 'someone-elses' } },
    ])
  })

  it('what was refused took the challenge with it', async () => {
    const passkey = await login.addPasskey(ada)
    const visit = await atSecondFactor()
    const { challenge } = await visit.options()
    await visit.withPasskey(passkey, { ceremony: { challenge, forged: true } })
    expect((await visit.withPasskey(passkey, { ceremony: { challenge } })).at).toBe('second-factor')
    expect((await visit.withPasskey(passkey)).isDone).toBe(true)
  })

  it('alone is enough, where it was verified, and says who comes', async () => {
    const passkey = await login.addPasskey(ada)
    const visit = login.begin({ rules: [{ mfa: 'phishing-resistant' }] })
    expect((await visit.withPasskey(passkey)).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ user: ada.id, acr: 'phr', amr: ['hwk', 'user', 'mfa'] }])
  })

  it('alone without a finger is not, and the first form says so', async () => {
    const passkey = await login.addPasskey(ada)
    const visit = login.begin()
    const { at, page } = await visit.withPasskey(passkey, { ceremony: { verified: false } })
    expect([at, page.includes(en['step.passkey.not-verified'])]).toEqual(['sign-in', true])
    expect(visit.arrived()).toEqual([])
  })

  it('alone of somebody who is disabled is refused', async () => {
    const passkey = await login.addPasskey(ada)
    await login.disable(ada)
    const visit = login.begin()
    expect((await visit.withPasskey(passkey)).at).toBe('sign-in')
    expect(visit.arrived()).toEqual([])
    expect(await login.eventRows('sign_in.failed')).toMatchObject([{ after: { reason: 'passkey: no-entry' } }])
  })

  it('of another person, in the middle of somebody’s sign-in, begins theirs and takes nothing over', async () => {
    const bob = await login.addPerson('bob@example.com', password)
    const theirs = await login.addPasskey(bob)
    const visit = login.begin()
    const credential = JSON.stringify(usePasskey(theirs, await visit.options()))
    expect((await visit.signIn()).at).toBe('second-factor')
    expect((await visit.send('/passkey', { credential })).isDone).toBe(true)
    expect(visit.arrived()).toMatchObject([{ user: bob.id, amr: ['hwk', 'user', 'mfa'] }])
    expect(await login.rows('sessions')).toMatchObject([{ proofs: [{ factor: 'passkey' }] }])
  })
})

describe('[MON-8][threat 14] guessing at the second factor of one account', () => {
  /** From another address each time, in a new sign-in each time. */
  async function guess(times: number, code = WRONG) {
    const said: number[] = []
    for (let time = 0; time < times; time += 1) {
      const visit = login.begin()
      await visit.signIn()
      const answer = await visit.post('/second-factor', { factor: 'totp', code })
      said.push(answer.status)
    }
    return said
  }

  it('is counted over all sign-ins, addresses and browsers: ten in fifteen minutes', async () => {
    login = await openSteps({ guarded: true, lockout: 'off' })
    ada = await login.addPerson(email, password)
    app = await login.addTotp(ada)
    const begun = await Promise.all(Array.from({ length: 4 }, () => atSecondFactor()))
    for (let time = 0; time < 10; time += 1) {
      const visit = begun[time % 3]
      if (!visit) throw new Error('no sign-in')
      expect((await visit.withCode(WRONG)).status).toBe(200)
    }
    const over = await begun[3]?.post('/second-factor', { factor: 'totp', code: app.code() })
    expect(over?.status).toBe(429)
    const wait = Number(over?.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(MINUTE / SECOND)
    expect(await over?.text()).toContain(en['step.second.limited'].split('{')[0])
    expect(begun.flatMap((visit) => visit.arrived())).toEqual([])
    login.clock.advance(wait * SECOND)
    expect((await (await atSecondFactor()).withCode(app.code())).isDone).toBe(true)
  })

  it('is answered by a pause after five, which even the right one waits for; the password is not locked by it', async () => {
    login = await openSteps({ guarded: true })
    ada = await login.addPerson(email, password)
    app = await login.addTotp(ada)
    expect(await guess(5)).toEqual([303, 303, 303, 303, 303])
    const visit = await atSecondFactor()
    expect(await visit.page(), 'before one is typed').toContain(en['step.second.locked'].split('{')[0])
    const held = await visit.withCode(app.code())
    expect(held.page).toContain(en['step.second.locked'].split('{')[0])
    expect(await login.eventRows('lockout.began')).toMatchObject([{ after: { pool: 'second-factor' } }])
    expect(visit.arrived()).toEqual([])
    login.clock.advance(5 * MINUTE + SECOND)
    expect((await visit.signIn()).at).toBe('second-factor')
    expect((await visit.withCode(app.code())).isDone).toBe(true)
  })

  it('does not count in a browser in which the owner has signed in before', async () => {
    login = await openSteps({ guarded: true })
    ada = await login.addPerson(email, password)
    app = await login.addTotp(ada)
    const jar = newJar()
    await (await atSecondFactor({}, jar)).withCode(app.code())
    login.clock.advance(30 * SECOND)
    await guess(5)
    const mine = await atSecondFactor({}, jar)
    expect((await mine.withCode(app.code())).isDone).toBe(true)
  })

  it('begins at zero after a completed sign-in, by whichever factor', async () => {
    login = await openSteps({ guarded: true })
    ada = await login.addPerson(email, password)
    app = await login.addTotp(ada)
    const passkey = await login.addPasskey(ada)
    const jar = newJar()
    const known = await atSecondFactor({}, jar)
    await known.withPasskey(passkey)
    for (let round = 0; round < 2; round += 1) {
      for (let time = 0; time < 4; time += 1) {
        const visit = login.begin({}, jar)
        await visit.signIn({ password: 'not this one at all' })
      }
      const visit = await atSecondFactor({}, jar)
      expect((await visit.withPasskey(passkey)).isDone).toBe(true)
      login.clock.advance(16 * MINUTE)
    }
  })

  it('[threat 15] of many at once no more are judged than a challenge has', async () => {
    const visit = await atSecondFactor()
    const guesses = Array.from({ length: 30 }, (_, which) => String(100_000 + which))
    await Promise.all(guesses.map((code) => visit.post('/second-factor', { factor: 'totp', code })))
    expect((await login.eventRows('second_factor.failed')).length).toBeLessThanOrEqual(5)
    expect((await visit.withCode(app.code())).at).toBe('sign-in')
  })
})
