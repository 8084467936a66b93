import { beforeEach, describe, expect, it } from 'vitest'
import { newBrowser } from '../../src/guard/browsers/browser.ts'
import { Secret } from '../../src/lib/secret.ts'
import { loginSweep } from '../../src/login/cleanup.ts'
import type { PendingInteraction } from '../../src/login/ports.ts'
import type { User } from '../../src/users/user.ts'
import { firefox, type Login, openLogin } from './support.ts'

const password = 'a hearth keeps the house warm'
const origin = { ip: '203.0.113.7', requestId: 'req-1', userAgent: firefox, session: undefined }
const where = { origin, browser: newBrowser(), trusted: [] }

/** Somebody asks for a second factor, and Ada has none: she waits where she proves her mailbox. */
const gate = { rules: [{ mfa: 'required' }] } as const

let login: Login
let ada: User
let pending: PendingInteraction
beforeEach(async () => {
  login = await openLogin()
  ada = await login.addPerson('ada@example.com', password)
  pending = login.engine.begin(gate)
})

const signInAs = async (email: string, given = password) => {
  const ahead = Promise.resolve(login.signIn.lookAhead({ uid: pending.uid, email, browser: where.browser }))
  return login.signIn.withPassword(pending, { email, password: new Secret(given), ahead }, where)
}
const stepOf = async (of: PendingInteraction) => {
  const { state } = await login.signIn.standingOf(of)
  return state.kind === 'waiting' ? state.step : state.kind
}
const rows = () => login.database.app.selectFrom('login_attempts').selectAll().execute()

describe('an attempt that takes more than one request', () => {
  it('keeps what was proven on the server, and goes on from there', async () => {
    expect(await signInAs('ada@example.com')).toEqual({ kind: 'waiting' })
    expect(await rows()).toMatchObject([{ version: 1, session_id: null, proofs: [{ factor: 'password' }] }])
    expect(await stepOf(pending)).toBe('mailbox')
    expect(await stepOf(login.engine.begin(gate))).toBe('identify')
  })

  it('holds whoever sends the first form again, and starts no session', async () => {
    for (let time = 0; time < 3; time += 1) expect(await signInAs('ada@example.com')).toEqual({ kind: 'waiting' })
    expect(await login.database.app.selectFrom('sessions').select('id').execute()).toEqual([])
  })

  it('forgets what was proven when another identity is named and fails', async () => {
    await signInAs('ada@example.com')
    expect(await signInAs('nobody@example.com')).toEqual({ kind: 'refused' })
    expect(await stepOf(pending)).toBe('identify')
  })

  it('begins anew for somebody who was disabled meanwhile', async () => {
    await signInAs('ada@example.com')
    await login.disable(ada)
    expect(await stepOf(pending)).toBe('identify')
  })

  it('of two tabs at the same moment neither corrupts what the other proved', async () => {
    const bob = await login.addPerson('bob@example.com', password)
    const outcomes = await Promise.all(['ada', 'bob', 'ada', 'bob'].map((name) => signInAs(`${name}@example.com`)))
    for (const outcome of outcomes) expect(outcome).toEqual({ kind: 'waiting' })
    const [row, ...more] = await rows()
    expect(more).toEqual([])
    expect(row?.version).toBe(4)
    expect([ada.id, bob.id].map((id) => id.slice(4))).toContain(row?.user_id.replaceAll('-', ''))
  })

  it('is asked by the policy of the moment: a gate that closed between two requests holds', async () => {
    pending = { ...pending, rules: [] }
    const done = await signInAs('ada@example.com')
    expect(done).toMatchObject({ kind: 'done', signedIn: { user: ada.id, acr: 'aal1' } })
  })

  it('is forgotten once its interaction has expired', async () => {
    await signInAs('ada@example.com')
    const [job] = loginSweep.handlers({ owner: login.services.database.owner, clock: login.clock })
    const forget = () => job?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
    await forget()
    expect(await rows()).toHaveLength(1)
    login.clock.set(pending.expiresAt)
    await forget()
    expect(await rows()).toEqual([])
  })
})
