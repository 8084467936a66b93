import { beforeEach, describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { User } from '../../src/users/user.ts'
import { type Login, openLogin } from './support.ts'

const password = 'a hearth keeps the house warm'
const email = 'ada@example.com'
const right = { email, password }
const better = { password: 'coal, kindling and a match' }

let login: Login
let ada: User
beforeEach(async () => {
  login = await openLogin({ guarded: true })
  ada = await login.addPerson(email, password)
  login.known.add(password)
})

const sessions = () => login.database.app.selectFrom('sessions').selectAll().execute()

it('[MOS-3] whoever signs in with a password that everybody tries chooses another before they arrive', async () => {
  const pending = login.engine.begin()
  const { get, post } = login.browser(pending)
  const first = await post('', right)
  expect(first.headers.get('location')).toBe(`/login/${pending.uid}`)
  const page = await (await get()).text()
  expect(page).toMatch(/<form[^>]*id="new-password"/)
  expect(page).toMatch(/autocomplete="new-password"/)
  expect(await sessions()).toEqual([])

  const done = await post('/password', better)
  expect(done.headers.get('location')).toBe(`/oauth/authorize/${pending.uid}`)
  expect(await sessions()).toHaveLength(1)
  login.known.clear()
  const again = login.engine.begin()
  expect((await login.browser(again).send(right)).page).toContain('is not right')
  const then = login.engine.begin()
  expect((await login.browser(then).post('', { email, ...better })).headers.get('location')).toContain('/oauth/')
})

it('[threat 11] no other way leads past it: not the first form again, not a page of another step, not a reload', async () => {
  const pending = login.engine.begin()
  const { get, post } = login.browser(pending)
  await post('', right)
  for (const path of ['', '/password', '/consent'])
    expect(await (await get(path)).text()).toContain('id="new-password"')
  expect((await post('', right)).headers.get('location')).toBe(`/login/${pending.uid}`)
  expect((await post('/consent')).headers.get('location')).toBe(`/login/${pending.uid}`)
  expect(login.engine.signedInCalls).toEqual([])
  expect(await sessions()).toEqual([])
})

it('without a first factor the form for a new password changes nothing', async () => {
  const pending = login.engine.begin()
  expect((await login.browser(pending).post('/password', better)).headers.get('location')).toBe(`/login/${pending.uid}`)
  expect(await sessions()).toEqual([])
  expect(await login.eventRows('password.set')).toHaveLength(1)
})

it('says what is wrong about the new one, and keeps the attempt', async () => {
  const pending = login.engine.begin()
  const { post, send } = login.browser(pending)
  await post('', right)
  const short = await send({ password: 'short' }, '/password')
  expect([short.sent.status, short.sent.headers.get('location')]).toEqual([303, `/login/${pending.uid}`])
  expect(short.page).toContain('id="password-error"')
  const common = await send({ password: email }, '/password')
  expect(common.page).toContain('data-level="weak"')
  expect(common.page.split('id="new-password"')[1]).not.toContain(`value="${email}" name="password"`)
  expect((await send({}, '/password')).page).toContain('id="password-error"')
  const program = { accept: 'application/json' }
  expect((await post('/password', { password: 'short' }, program)).status).toBe(422)
  expect((await post('/password', {}, program)).status).toBe(422)
  expect((await post('/password', { ...better, status: 'active' })).status).toBe(400)
  expect((await post('/password', better)).headers.get('location')).toContain('/oauth/')
})

/** At the form for a new password, with everything proven. */
async function atTheGate() {
  const pending = login.engine.begin()
  const browser = login.browser(pending)
  await browser.post('', right)
  return { ...browser, pending }
}

const passwordsSet = async () => (await login.eventRows('password.set')).length
const attempts = () => login.database.app.selectFrom('login_attempts').selectAll().execute()
const isRight = (tried: string) => login.people.passwords.verify(ada.id, new Secret(tried))

it('[threat 15] of two tabs one changes it, and both arrive in the one sign-in', async () => {
  const { post } = await atTheGate()
  const [both, open] = [Promise.withResolvers<void>(), { count: 0 }]
  login.afterPrepare(() => {
    open.count += 1
    if (open.count === 2) both.resolve()
    return both.promise
  })
  const before = await passwordsSet()
  const answers = await Promise.all([
    post('/password', better),
    post('/password', { password: 'another long one entirely' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([303, 303])
  for (const answer of answers) expect(answer.headers.get('location')).toContain('/oauth/authorize/')
  expect(await sessions()).toHaveLength(1)
  expect(await login.eventRows('sign_in.completed')).toHaveLength(1)
  expect(await passwordsSet()).toBe(before + 1)
})

describe('[threat 20] a thief at the form for a new password', () => {
  const recovered = 'a lamp in every window tonight'
  const owner = { actor: { kind: 'anonymous' } } as const

  async function recover(after = 1000) {
    login.clock.advance(after)
    const { links, recovery } = login.people
    const link = { purpose: 'recovery', person: ada.id, data: { email } } as const
    const { token } = await inTransaction(login.parts.db, (tx) => links.issue(tx, owner, link))
    expect(await recovery.reset(owner, token.reveal(), { password: new Secret(recovered) })).toMatchObject({ ok: true })
  }

  async function expectNothing(gate: Awaited<ReturnType<typeof atTheGate>>, sent: Response) {
    expect(sent.headers.get('location')).toBe(`/login/${gate.pending.uid}`)
    expect(await (await gate.get()).text()).toContain('id="login"')
    expect(await sessions()).toEqual([])
    expect(await attempts()).toEqual([])
    expect(login.engine.signedInCalls).toEqual([])
    expect(await isRight(better.password)).toBe('mismatch')
    expect(await isRight(recovered)).toBe('match')
  }

  it('comes too late when the owner has recovered the account', async () => {
    const gate = await atTheGate()
    await recover()
    await expectNothing(gate, await gate.post('/password', better))
  })

  it.each([0, 1000])(
    'comes too late when the owner recovers it while theirs is being hashed, %i ms later',
    async (after) => {
      const gate = await atTheGate()
      login.afterPrepare(() => recover(after))
      await expectNothing(gate, await gate.post('/password', better))
      expect(
        (await login.letters()).map(({ message }) => message),
        'of one change',
      ).toEqual(['notice password-changed'])
    },
  )

  it('has proven nothing when another password was set meanwhile, however that was done', async () => {
    const gate = await atTheGate()
    login.afterPrepare(async () => {
      login.clock.advance(1000)
      await login.setPassword(ada, recovered)
    })
    await expectNothing(gate, await gate.post('/password', better))
  })

  it('gets nowhere with an attempt that went on elsewhere', async () => {
    const gate = await atTheGate()
    login.afterPrepare(async () => {
      await login.database.app.updateTable('login_attempts').set({ version: 7 }).execute()
    })
    const before = await passwordsSet()
    await gate.post('/password', better)
    expect(await passwordsSet()).toBe(before)
    expect(await sessions()).toEqual([])
  })
})

it('[MON-9] is limited as everything is that costs hashes, and says when to come back', async () => {
  const { post } = await atTheGate()
  for (let time = 0; time < 30; time += 1) expect((await post('/password', { password: 'short' })).status).toBe(303)
  const answer = await post('/password', better)
  expect(answer.status).toBe(429)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  const page = await answer.text()
  expect(page).toMatch(/<form[^>]*id="new-password"/)
  expect(page).toContain('too many attempts')
  expect(await sessions()).toEqual([])
})

it('somebody who is disabled in between goes no further', async () => {
  const pending = login.engine.begin()
  const { post } = login.browser(pending)
  await post('', right)
  await login.disable(ada)
  expect((await post('/password', better)).headers.get('location')).toBe(`/login/${pending.uid}`)
  expect(await sessions()).toEqual([])
})
