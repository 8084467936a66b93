import { beforeEach, describe, expect, it } from 'vitest'
import { newBrowser } from '../../src/guard/browsers/browser.ts'
import { Secret } from '../../src/lib/secret.ts'
import { loginMachine } from '../../src/login/machine/machine.ts'
import type { Step } from '../../src/login/machine/step.ts'
import { steps } from '../../src/login/machine/steps.ts'
import type { PendingInteraction } from '../../src/login/ports.ts'
import { createSignIn, type SignIn } from '../../src/login/service.ts'
import type { User } from '../../src/users/user.ts'
import { firefox, type Login, openLogin } from './support.ts'

const password = 'a hearth keeps the house warm'
const where = { ip: '203.0.113.7', requestId: 'req-1', userAgent: firefox, browser: newBrowser() }

let gateIsDue = true
const gate: Step<'gate'> = { name: 'gate', isDue: () => gateIsDue, take: () => undefined }

let login: Login
let ada: User
let signIn: SignIn<string>
let pending: PendingInteraction
beforeEach(async () => {
  login = await openLogin()
  ada = await login.addPerson('ada@example.com', password)
  gateIsDue = true
  signIn = createSignIn<string>({ ...login.parts, machine: loginMachine<string>([...steps, gate]) })
  pending = login.engine.begin()
})

const signInAs = (email: string, given = password) =>
  signIn.withPassword(pending, { email, password: new Secret(given) }, where)
const rows = () => login.database.app.selectFrom('login_attempts').selectAll().execute()

describe('an attempt that takes more than one request', () => {
  it('keeps what was proven on the server, and goes on from there', async () => {
    expect(await signInAs('ada@example.com')).toEqual({ kind: 'waiting', step: 'gate' })
    expect(await rows()).toMatchObject([{ version: 1, session_id: null, proofs: [{ factor: 'password' }] }])
    expect(await signIn.stepOf(pending)).toBe('gate')
    expect(await signIn.stepOf(login.engine.begin())).toBe('identify')
  })

  it('holds whoever sends the first form again, and starts no session', async () => {
    for (let time = 0; time < 3; time += 1)
      expect(await signInAs('ada@example.com')).toEqual({ kind: 'waiting', step: 'gate' })
    expect(await login.database.app.selectFrom('sessions').select('id').execute()).toEqual([])
  })

  it('forgets what was proven when another identity is named and fails', async () => {
    await signInAs('ada@example.com')
    expect(await signInAs('nobody@example.com')).toEqual({ kind: 'refused' })
    expect(await signIn.stepOf(pending)).toBe('identify')
  })

  it('begins anew for somebody who was disabled meanwhile', async () => {
    await signInAs('ada@example.com')
    await login.disable(ada)
    expect(await signIn.stepOf(pending)).toBe('identify')
  })

  it('of two tabs at the same moment neither corrupts what the other proved', async () => {
    const bob = await login.addPerson('bob@example.com', password)
    const outcomes = await Promise.all(['ada', 'bob', 'ada', 'bob'].map((name) => signInAs(`${name}@example.com`)))
    for (const outcome of outcomes) expect(outcome).toEqual({ kind: 'waiting', step: 'gate' })
    const [row, ...more] = await rows()
    expect(more).toEqual([])
    expect(row?.version).toBe(4)
    expect([ada.id, bob.id].map((id) => id.slice(4))).toContain(row?.user_id.replaceAll('-', ''))
  })

  it('is asked by the policy of the moment: a gate that closed between two requests holds', async () => {
    gateIsDue = false
    const done = await signInAs('ada@example.com')
    expect(done).toMatchObject({ kind: 'done', signedIn: { user: ada.id, acr: 'aal1' } })
  })

  it('is forgotten once its interaction has expired', async () => {
    await signInAs('ada@example.com')
    expect(await signIn.forgetExpired()).toBe(0)
    login.clock.set(pending.expiresAt)
    expect(await signIn.forgetExpired()).toBe(1)
    expect(await rows()).toEqual([])
  })
})
