import { expect, it, vi } from 'vitest'
import { sha256 } from '../../src/lib/hash.ts'
import { configFile } from '../support/scratch.ts'
import { makePasskey } from '../support/software-authenticator.ts'
import { codeOf, keyOn, mailedCode, proveMailbox } from './own-factors.ts'
import { type AccountHouse, accountHouse, newPassword, password } from './support.ts'

vi.setConfig({ testTimeout: 60_000 })

const uidOf = ({ path }: { readonly path: string }) => /\/login\/[^/?]+/.exec(path)?.[0] ?? ''
const by = { actor: { kind: 'operator', id: 'test' } } as const
const everything = `database:
  poolSize: 1
mfa:
  factors: [passkey, totp, email-code, backup-code]
  trustedBrowser: 30d
`

const linkIn = async (at: AccountHouse, path: string) => {
  const links = (await at.letters()).flatMap((letter) => letter.links).map((link) => new URL(link))
  const link = links.findLast(({ pathname }) => pathname === path)
  if (!link) throw new Error(`no letter leads to ${path}`)
  return link.pathname + link.search
}

it('a pool of one serves all that there is to do about second factors: nobody holds a connection and waits for another', async () => {
  const at = await accountHouse({ host: 'localhost', env: { CONFIG_FILE: configFile(everything) } })
  const browser = at.browser()
  await browser.signIn()

  const offered = await proveMailbox(at, browser, await browser.post('/account/security/apps/begin'))
  const key = keyOn(offered)
  const added = await browser.send(offered, 'add-app', { name: 'Phone', code: codeOf(at, key) })
  const codes = await browser.send(added, 'make-codes')
  expect(codes.status).toBe(200)
  const backupCode = /data-line="([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)"/.exec(codes.html)?.[1] ?? ''
  const mailed = await browser.post('/account/security/email-code/send')
  const turnedOn = await browser.send(mailed, 'add-email-code', { code: await mailedCode(at) })
  expect(turnedOn.path).toBe('/account/security?done=email-code')
  const [session] = await at.people.sessions.listOf(at.ada.id)
  const options = await at.people.factors.passkeys.askForEnrolment(sha256(session?.id ?? ''), at.ada)
  const credential = JSON.stringify(makePasskey(options, { origin: at.issuer }).answer)
  const withPasskey = await browser.post('/account/security/passkeys/add', { credential, name: 'Key' })
  expect(withPasskey.path).toBe('/account/security?done=passkey')
  expect((await browser.post('/account/security/remove?what=email-code')).path).toContain('done=email-code-off')
  expect((await browser.post('/account/sessions/end-others')).path).toBe('/account/sessions?done=others')

  const third = at.browser()
  const asked = await third.signIn()
  const wrong = await third.post(`${uidOf(asked)}/second-factor`, { factor: 'totp', code: '000000' })
  expect(wrong.path).toBe(uidOf(asked))
  const inByCode = await third.post(`${uidOf(asked)}/second-factor`, { factor: 'backup-code', code: backupCode })
  expect(inByCode.path).toBe('/account')

  const trusting = at.browser()
  const step = await trusting.signIn()
  at.clock.advance(30_000)
  const fields = { factor: 'totp', code: codeOf(at, key), trust: 'on' }
  expect((await trusting.post(`${uidOf(step)}/second-factor`, fields)).path).toBe('/account')
  expect((await trusting.go('/account/security')).path).toMatch(/^\/account\/security|^\/login/)

  const { verifiedBy, how } = { verifiedBy: 'Grace Hopper', how: 'called back' }
  const opened = await at.people.factorRecovery.open(by, { user: at.ada.id, verifiedBy, how, untold: true })
  if (!opened.ok) throw new Error(opened.error)
  at.clock.advance(86_400_000)
  const { pathname, search } = new URL(opened.value.url.reveal())
  const recovered = await at.browser().post(pathname + search)
  expect([recovered.status, recovered.path]).toEqual([200, '/link/factor-recovery/done'])

  // The next sign-in leads through the mailbox to a new one.
  const anew = at.browser()
  const mailbox = await anew.signIn('/account', undefined, password)
  await anew.post(`${uidOf(mailbox)}/send-code`)
  await anew.post(`${uidOf(mailbox)}/mailbox`, { code: await mailedCode(at) })
  const scan = await anew.post(`${uidOf(mailbox)}/enrol/totp/offer`)
  await anew.post(`${uidOf(mailbox)}/enrol/totp`, { name: 'New', code: codeOf(at, keyOn(scan)) })
  await anew.post(`${uidOf(mailbox)}/backup-codes`)
  expect((await anew.post(`${uidOf(mailbox)}/backup-codes/kept`)).path).toBe('/account')

  const locked = await at.browser().post(await linkIn(at, '/link/not-me'))
  expect([locked.status, locked.path]).toEqual([200, '/link/not-me/done'])
  expect(await at.people.factors.totps.listOf(at.ada.id)).toEqual([])
  const owner = at.browser()
  await owner.send(await owner.go('/recover'), 'recover', { email: at.ada.email })
  await owner.send(await owner.go(await linkIn(at, '/recover/password')), 'new-password', { password: newPassword })
  expect((await at.browser().signIn('/account', undefined, newPassword)).path).toBe('/account')
})
