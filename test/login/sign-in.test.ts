import { beforeEach, describe, expect, it } from 'vitest'
import { NOBODY } from '../../src/audit/sealer.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { en } from '../../src/ui/messages/en.ts'
import type { User } from '../../src/users/user.ts'
import { withOtherSeal } from '../support/other-seal.ts'
import { type Login, openLogin } from './support.ts'

const password = 'a hearth keeps the house warm'
const email = 'ada@example.com'
const right = { email, password }

let login: Login
let ada: User
beforeEach(async () => {
  login = await openLogin()
  ada = await login.addPerson(email, password)
})

const sessionRows = () => login.database.app.selectFrom('sessions').selectAll().execute()
const attemptRows = () => login.database.app.selectFrom('login_attempts').selectAll().execute()

describe('the sign-in page', () => {
  it('asks for address and password in one form, and lets its form end at the application', async () => {
    const pending = login.engine.begin({ loginHint: 'ada@example.com' })
    const answer = await login.browser(pending).get()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toContain("form-action 'self' https://invoices.example")
    const page = await answer.text()
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).toContain('Invoices')
    expect(page).toMatch(/<input[^>]*id="email"[^>]*value="ada@example.com"/)
    expect(page).toMatch(/autocomplete="current-password"/)
  })

  it('speaks the language that the application asks for', async () => {
    const pending = login.engine.begin({ uiLocales: 'de-AT de' })
    expect(await (await login.browser(pending).get()).text()).toContain('lang="de"')
  })

  it('[threat 29] shows the name of an application as text', async () => {
    const pending = login.engine.begin({ client: { id: 'x', name: '<img src=x onerror=alert(1)>', firstParty: false } })
    const page = await (await login.browser(pending).get()).text()
    expect(page).toContain('&lt;img')
    expect(page).not.toContain('<img')
  })

  it('changes nothing', async () => {
    const pending = login.engine.begin()
    await login.browser(pending).get()
    expect(await attemptRows()).toEqual([])
  })
})

describe('a sign-in', () => {
  it('[STO-1] by the right password ends with the engine, which is told who, how and when', async () => {
    const pending = login.engine.begin()
    const answer = await login.browser(pending).post('', right)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`/oauth/authorize/${pending.uid}`)
    const [session] = await sessionRows()
    expect(login.engine.follow(pending.uid)).toEqual({
      user: ada.id,
      amr: ['pwd'],
      acr: 'aal1',
      at: login.clock.now(),
      session: `ses_${session?.id.replaceAll('-', '')}`,
    })
  })

  it('is remembered with the session that it started', async () => {
    await login.browser(login.engine.begin()).post('', right)
    expect(await login.eventRows('sign_in.completed')).toMatchObject([
      { actor_id: ada.id, target_id: ada.id, after: { client: 'invoices', acr: 'aal1', amr: ['pwd'] } },
    ])
    expect(await login.eventRows('session.started')).toMatchObject([{ actor_id: ada.id }])
    expect(await login.eventRows('sign_in.failed')).toEqual([])
  })

  it('is the same in any spelling of the address', async () => {
    const answer = await login.browser(login.engine.begin()).post('', { email: ' Ada@Example.COM ', password })
    expect(answer.status).toBe(303)
  })

  it('leaves neither the password nor the name of the attempt in the table', async () => {
    const pending = login.engine.begin()
    await login.browser(pending).post('', right)
    const rows = JSON.stringify(await attemptRows())
    expect(rows).not.toContain(pending.uid)
    expect(rows).not.toContain(password)
  })

  it('[threat 24] a form with a field of its own is refused whole', async () => {
    const { post } = login.browser(login.engine.begin())
    const extras = [{ role: 'admin' }, { user: 'usr_0' }, { step: 'done' }, { amr: 'mfa' }, { next: '//evil.example' }]
    for (const extra of extras) expect((await post('', { ...right, ...extra })).status).toBe(400)
    expect(login.engine.signedInCalls).toEqual([])
    expect(login.verifications).toEqual([])
  })

  it('[threat 31] a megabyte is refused before anything is hashed', async () => {
    const big = { email, password: 'x'.repeat(1_000_000) }
    const answer = await login.browser(login.engine.begin()).post('', big, { 'content-length': '1000000' })
    expect(answer.status).toBe(413)
    expect(login.verifications).toEqual([])
  })
})

describe('a sign-in that fails', () => {
  it.each([
    ['no address', { email: '  ', password }, ['email']],
    ['no password', { email, password: '' }, ['password']],
    ['nothing', {}, ['email', 'password']],
  ])('says beside the field what is missing: %s', async (_what, fields, missing) => {
    const { sent, page } = await login.browser(login.engine.begin()).send(fields)
    expect(sent.status).toBe(303)
    for (const field of missing) expect(page).toMatch(new RegExp(`<input[^>]*id="${field}"[^>]*aria-invalid="true"`))
    expect(page).toMatch(new RegExp(`<input[^>]*id="${missing[0]}"[^>]*autofocus`))
    expect(login.verifications).toEqual([])
  })

  it('keeps the address in its field, and never the password', async () => {
    const { page } = await login.browser(login.engine.begin()).send({ email, password: 'not the right one' })
    expect(page).toContain(`value="${email}"`)
    expect(page).toContain(en['login.error.mismatch'])
    expect(page).not.toContain('not the right one')
  })

  it('leads back to its page, so that no way back sends it again', async () => {
    const pending = login.engine.begin()
    const { sent, shown } = await login.browser(pending).send({ email, password: 'not the right one' })
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `/login/${pending.uid}`])
    expect(shown.status).toBe(200)
    expect(shown.headers.get('content-security-policy')).toContain("form-action 'self' https://invoices.example")
  })

  it('is told once: the browser is given the note, sealed, for this one attempt, and gives it back for the page', async () => {
    const { get, send } = login.browser(login.engine.begin())
    const { sent, note, shown } = await send({ email, password: 'not the right one' })
    const [set, ...others] = sent.headers.getSetCookie()
    expect(others).toEqual([])
    expect(set).toMatch(/^__Secure-note=[\w.-]+; Max-Age=300; Path=\/login\/[\w-]+; HttpOnly; Secure; SameSite=Strict$/)
    // With the sign behind it: three letters alone are found by chance in what is sealed.
    for (const encoding of ['utf8', 'base64url', 'latin1'] as const)
      for (const part of note.split('.')) expect(Buffer.from(part, encoding).toString()).not.toContain('ada@')
    expect(shown.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Secure-note=; Max-Age=0; /)])
    const again = await (await get()).text()
    expect(again).not.toContain(email)
    expect(again).not.toContain(en['login.error.mismatch'])
  })

  it.each([
    ['of another attempt', ({ other }: { other: string }) => other],
    ['that was changed', ({ note }: { note: string }) => withOtherSeal(note)],
    ['that nobody sealed', () => '__Secure-note=eyJhbGciOiJub25lIn0.e30.'],
  ])('a note %s says nothing', async (_which, forged) => {
    const wrong = { email, password: 'not the right one' }
    const { note } = await login.browser(login.engine.begin()).send(wrong)
    const { note: other } = await login.browser(login.engine.begin()).send(wrong)
    const pending = login.engine.begin()
    const mine = await login.browser(pending).send(wrong)
    const cookie = (given: string) => ({ cookie: `interaction=${pending.uid}; ${given}` })
    const page = async (given: string) => (await login.browser(pending).get('', cookie(given))).text()
    expect(await page(mine.note)).toContain(email)
    const shown = await page(forged({ other, note: mine.note }))
    expect(shown).toContain('id="sign-in"')
    expect(shown).not.toContain(email)
    expect(await page(note)).not.toContain(email)
    login.clock.advance(300_000)
    expect(await page(mine.note), 'nor one that is too old').not.toContain(email)
  })

  it('stands in no table and no line of the log, and an address of 60 KB in no cookie', async () => {
    const long = `${'x'.repeat(60_000)}@example.com`
    const { sent, page } = await login.browser(login.engine.begin()).send({ email: long, password: 'wrong' })
    expect(sent.status).toBe(303)
    expect(sent.headers.get('set-cookie')?.length).toBeLessThan(1000)
    expect(page).toContain(en['login.error.mismatch'])
    await login.browser(login.engine.begin()).send({ email: 'nobody@example.com', password: 'wrong' })
    expect(JSON.stringify([await attemptRows(), login.captured.lines()])).not.toContain('nobody@example.com')
  })

  it('tells a program in place, by the status', async () => {
    const { post } = login.browser(login.engine.begin())
    const accept = { accept: 'application/json' }
    expect((await post('', { email, password: 'not the right one' }, accept)).status).toBe(401)
    expect((await post('', { email }, accept)).status).toBe(422)
  })

  it('[threat 25] is answered the same, for the same work, whether the person is known, unknown or disabled', async () => {
    const bob = await login.addPerson('bob@example.com', password)
    await login.disable(bob)
    const given = [
      { email, password: 'not the right one' },
      { email: 'eve@example.com', password },
      { email: 'not an address!', password },
      { email: 'bob@example.com', password },
      { email: 'bob@example.com', password: 'not the right one' },
    ]
    expect(new Set(given.map(({ email }) => email.length)).size, 'what is sealed is as long as what was typed').toBe(1)
    const pending = login.engine.begin()
    const answers = []
    for (const fields of given) {
      const { sent, note, shown, page } = await login.browser(pending).send(fields)
      const heads = [sent, shown].map(({ status, headers }) => [
        status,
        ...[...headers].filter(([name]) => name !== 'x-request-id').map((pair) => pair.join().replace(note, 'NOTE')),
      ])
      answers.push({
        heads,
        noteLength: note.length,
        body: await sent.text(),
        page: page.replaceAll(fields.email, 'E'),
      })
    }
    expect(answers[0]?.heads.map(([status]) => status)).toEqual([303, 200])
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(login.verifications).toHaveLength(given.length)
    expect(login.engine.signedInCalls).toEqual([])
    expect(await sessionRows()).toEqual([])
  })

  it('is remembered, with the person where there is one and under nobody where there is none', async () => {
    const { post } = login.browser(login.engine.begin())
    await post('', { email, password: 'not the right one' })
    await post('', { email: 'nobody@example.com', password })
    const events = await login.eventRows('sign_in.failed')
    expect(events.map(({ target_id, after, actor_kind }) => ({ target_id, after, actor_kind }))).toEqual([
      { target_id: ada.id, after: { client: 'invoices', reason: 'mismatch' }, actor_kind: 'anonymous' },
      { target_id: NOBODY, after: { client: 'invoices', reason: 'unknown' }, actor_kind: 'anonymous' },
    ])
    expect(JSON.stringify(events)).not.toContain('nobody@example.com')
  })

  it('when too many sign in at once says so and when to come back, and keeps the address', async () => {
    login.duringVerify(async () => {
      throw new AppError('busy', { retryAfter: 2.2 })
    })
    const answer = await login.browser(login.engine.begin()).post('', right)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('3')
    expect(await answer.text()).toContain(`value="${email}"`)
  })

  it('[threat 25] when too many wait costs no look-up of anybody, known or not', async () => {
    login.onArrival(() => {
      throw new AppError('busy', { retryAfter: 1 })
    })
    for (const typed of [email, 'nobody@example.com']) {
      const answer = await login.browser(login.engine.begin()).post('', { email: typed, password })
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await answer.text()).toContain(`value="${typed}"`)
    }
    expect([login.lookedUp, login.verifications]).toEqual([[], []])
  })

  it('somebody who is disabled while the password is being checked does not get in', async () => {
    login.duringVerify(async () => {
      await login.disable(ada)
      return 'match'
    })
    expect((await login.browser(login.engine.begin()).send(right)).page).toContain(en['login.error.mismatch'])
    expect(login.engine.signedInCalls).toEqual([])
    expect(await login.eventRows('sign_in.failed')).toMatchObject([{ after: { reason: 'disabled' } }])
  })
})

describe('a form that was sent twice', () => {
  it('starts one session, and both answers lead on', async () => {
    const pending = login.engine.begin()
    const { post } = login.browser(pending)
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('', right)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 303))
    expect(await sessionRows()).toHaveLength(1)
    expect(new Set(login.engine.signedInCalls.map(({ result }) => result.session)).size).toBe(1)
    expect(await login.eventRows('session.started')).toHaveLength(1)
    expect(await login.eventRows('sign_in.completed')).toHaveLength(1)
  })

  it('after the answer was lost leads to the same end', async () => {
    const { post } = login.browser(login.engine.begin())
    await post('', right)
    expect((await post('', right)).status).toBe(303)
    expect(await sessionRows()).toHaveLength(1)
  })

  it('with a wrong password the second time is refused: what came before opens nothing', async () => {
    const { post, send } = login.browser(login.engine.begin())
    await post('', right)
    expect((await send({ email, password: 'not the right one' })).page).toContain(en['login.error.mismatch'])
    expect(login.engine.signedInCalls).toHaveLength(1)
  })

  it('by two people in two tabs signs in the first; the second is told', async () => {
    await login.addPerson('bob@example.com', password)
    const { post } = login.browser(login.engine.begin())
    await post('', right)
    const answer = await post('', { email: 'bob@example.com', password })
    expect(answer.status).toBe(410)
    expect(await answer.text()).toContain('https://invoices.example/')
    expect(login.engine.signedInCalls.map(({ result }) => result.user)).toEqual([ada.id])
  })
})
