import { describe, expect, it, vi } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import type { Secret } from '../../src/lib/secret.ts'
import { type AccountHouse, accountHouse, type Browser, newPassword, password, text } from '../account/support.ts'
import { configFile } from '../support/scratch.ts'

vi.setConfig({ testTimeout: 60_000 })

const by = { actor: { kind: 'operator', id: 'test' } } as const

interface Page {
  readonly at: (house: AccountHouse, browser: Browser) => Promise<string>
  readonly sent: Record<string, string>
  /** What the page brings back of it. */
  readonly kept: readonly string[]
  readonly says: string
}

const linkTo = async (
  { people, services }: AccountHouse,
  path: string,
  link: Parameters<AccountHouse['people']['links']['issue']>[2],
): Promise<string> => {
  const issue = () => inTransaction(services.database.app, (tx) => people.links.issue(tx, by, link))
  const { token }: { token: Secret<string> } = await issue()
  return `${path}?token=${token.reveal()}`
}
const signedInAt = (path: string) => async (_house: AccountHouse, browser: Browser) => {
  await browser.signIn(path)
  return path
}

const pages: Record<string, Page> = {
  register: {
    at: async () => '/register',
    sent: { email: 'grace@' },
    kept: ['grace@'],
    says: 'Enter an e-mail address like',
  },
  recover: {
    at: async () => '/recover',
    sent: { email: 'grace@' },
    kept: ['grace@'],
    says: 'Enter an e-mail address like',
  },
  'register/confirm': {
    at: (house) =>
      linkTo(house, '/register/confirm', { purpose: 'registration', data: { email: 'g@example.com', locale: 'en' } }),
    sent: { name: 'Grace H.', password: 'tiny secret' },
    kept: ['Grace H.'],
    says: 'Choose a longer password',
  },
  'recover/password': {
    at: (house) => linkTo(house, '/recover/password', { purpose: 'recovery', person: house.ada.id, data: {} }),
    sent: { password: 'tiny secret' },
    kept: [],
    says: 'Choose a longer password',
  },
  setup: {
    at: async ({ people, issuer }) => {
      const issued = await people.setup.issueLink(by)
      if (!issued.ok) throw new Error(issued.error)
      return issued.value.url.slice(issuer.length)
    },
    sent: { name: 'Grace H.', email: 'grace@', password: 'tiny secret' },
    kept: ['Grace H.', 'grace@'],
    says: 'Choose a longer password',
  },
  'account/password': {
    at: signedInAt('/account/password'),
    sent: { 'current-password': 'tiny secret', password: 'tiny secret, and more of it' },
    kept: [],
    says: 'This is not your current password.',
  },
  'account/email': {
    at: signedInAt('/account/email'),
    sent: { email: 'grace@new.example', 'current-password': 'tiny secret' },
    kept: ['grace@new.example'],
    says: 'This is not your current password.',
  },
}

const house = () => accountHouse({ env: { CONFIG_FILE: configFile('registration: { mode: open }') } })

describe.each(Object.entries(pages))('a form that was refused at /%s', (_name, { at, sent, kept, says }) => {
  it('leads back to its page, with what was typed and never a password, and a reload begins anew', async () => {
    const world = await house()
    const browser = world.browser()
    const path = await at(world, browser)
    const refused = await browser.raw(path, sent)
    expect([refused.status, refused.headers.get('location')]).toEqual([303, path])
    expect(await refused.text()).toBe('')
    const note = refused.headers.getSetCookie().find((cookie) => cookie.startsWith('note=')) ?? ''
    expect(note).toMatch(/^note=[\w.-]+; Max-Age=300; Path=\/[a-z/]+; HttpOnly; SameSite=Strict$/)

    const page = await browser.go(path)
    expect([page.status, text(page).includes(says)], text(page)).toEqual([200, true])
    for (const value of kept) expect(page.html).toContain(`value="${value}"`)
    expect(page.html).not.toContain('tiny secret')
    const reloaded = await browser.go(path)
    expect(reloaded.status).toBe(200)
    expect(text(reloaded)).not.toContain(says)
    for (const value of kept) expect(reloaded.html).not.toContain(`value="${value}"`)
  })
})

it('a program is told in place, by the status', async () => {
  const world = await house()
  const answer = await fetch(new URL('/recover', world.url), {
    method: 'POST',
    body: new URLSearchParams({ email: 'grace@' }),
    headers: { origin: world.issuer },
  })
  expect(answer.status).toBe(422)
  expect(answer.headers.getSetCookie()).toEqual([])
})

it('what was typed behind one link is not told behind another, nor to whoever signs in next', async () => {
  const world = await house()
  const browser = world.browser()
  const link = () =>
    linkTo(world, '/register/confirm', { purpose: 'registration', data: { email: 'g@example.com', locale: 'en' } })
  const [one, other] = [await link(), await link()]
  await browser.raw(one, { name: 'Grace H.', password: 'short' })
  expect((await browser.go(other)).html).not.toContain('Grace H.')

  await world.addPerson('eve@example.com')
  await browser.signIn('/account/email')
  await browser.raw('/account/email', { email: 'grace@new.example', 'current-password': 'not it' })
  const next = world.browser()
  await next.signIn('/account/email', 'eve@example.com')
  const note = browser.jar.headerFor(new URL('/account/email', world.issuer))?.match(/note=[\w.-]+/)?.[0]
  expect(note).toBeTruthy()
  const asEve = [next.jar.headerFor(new URL('/account/email', world.issuer)), note].join('; ')
  const page = await fetch(new URL('/account/email', world.url), { headers: { cookie: asEve, accept: 'text/html' } })
  expect([page.status, (await page.text()).includes('grace@new.example')]).toEqual([200, false])
})

it('a letter that was asked for is a page that can be reloaded, for a while', async () => {
  const world = await accountHouse({ env: { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'no-reply@example.com' } })
  const browser = world.browser()
  const sent = await browser.post('/recover', { email: ' grace@example.com ' })
  expect([sent.status, sent.path]).toEqual([200, '/recover/sent'])
  for (let time = 0; time < 2; time += 1) expect(text(await browser.go('/recover/sent'))).toContain('grace@example.com')
  expect(await world.letters()).toEqual([])
  world.clock.advance(301_000)
  expect((await browser.go('/recover/sent')).path).toBe('/recover')
  expect((await world.browser().go('/recover/sent')).path, 'and in no other browser').toBe('/recover')
  expect((await browser.signIn('/account/password')).path).toBe('/account/password')
  const changed = await browser.post('/account/password', { 'current-password': password, password: newPassword })
  expect(changed.path).toBe('/account?done=password')
})
