import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { inInstance } from '../../src/db/transaction.ts'
import { type AccountHouse, accountHouse, adaAddress, firefox, newPassword, password } from '../account/support.ts'
import { filledIn, setupWorld } from '../setup/support.ts'
import { formOf } from '../strangers/page-form.ts'
import { expectWholeOrigins } from '../support/whole-origins.ts'

vi.setConfig({ testTimeout: 60_000 })

const eventsOf = ({ services }: Pick<AccountHouse, 'services'>) =>
  inInstance(services.database.owner, (tx) => tx.selectFrom('events').selectAll().orderBy('id').execute())

const root = join(import.meta.dirname, '../../src')
const sources = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((file) => file.isFile() && /\.tsx?$/.test(file.name))
  .map((file) => join(file.parentPath, file.name))
  .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }))

// Every test of test/account goes by this as well: whatever edge they reach, its events are whole.
describe('[TOS-6] an event of a request', () => {
  it('of a page where somebody is signed in names the sign-in', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await browser.signIn()
    const before = await eventsOf(house)
    const completed = before.find(({ action }) => action === 'sign_in.completed')
    expect(completed?.session_id).toEqual(expect.any(String))
    expect(before.find(({ action }) => action === 'session.started')?.session_id).toBe(completed?.session_id)

    const wrong = { 'current-password': 'not this one at all', password: newPassword }
    await browser.send(await browser.go('/account/password'), 'change-password', wrong)
    await browser.send(await browser.go('/account/password'), 'change-password', {
      ...wrong,
      'current-password': password,
    })
    const since = (await eventsOf(house)).slice(before.length).filter(({ actor_kind: kind }) => kind === 'person')
    expect(since.map(({ action }) => action)).toEqual(expect.arrayContaining(['step_up.failed', 'password.set']))
    expect(since.filter(({ session_id: session }) => session !== completed?.session_id)).toEqual([])
  })

  it('that ends a sign-in names that one, and where it was ended', async () => {
    const house = await accountHouse()
    const browser = house.browser()
    await browser.signIn()
    const session = (await house.events('session.started')).map(({ session_id: id }) => id)
    const form = formOf((await browser.go('/oauth/logout')).html, 'logout')
    await browser.post(form?.action ?? '', form?.fields)
    const ended = await house.events('session.ended')
    expect(ended.map(({ session_id: id }) => id)).toEqual(session)
  })

  it('of a refused sign-in says from where and with what, and no sign-in', async () => {
    const house = await accountHouse()
    await house.browser().signIn('/account', adaAddress, 'quite another password')
    await house.browser().signIn('/account', 'nobody@example.com', 'quite another password')
    const failed = await house.events('sign_in.failed')
    expect(failed.map(({ actor_kind: kind, session_id: session }) => [kind, session])).toEqual([
      ['anonymous', null],
      ['anonymous', null],
    ])
    for (const row of failed) expect(row.user_agent).toEqual(expect.any(Buffer))
  })

  it('of the set-up is whole', async () => {
    const { link, request, services, config } = await setupWorld()
    const answer = await request(await link(), {
      method: 'POST',
      headers: { origin: config.server.issuerUrl, 'user-agent': firefox },
      body: new URLSearchParams(filledIn),
    })
    expect(answer.status).toBeLessThan(400)
    const actions = (await eventsOf({ services })).map(({ action }) => action)
    expect(actions).toEqual(expect.arrayContaining(['setup.completed', 'user.created', 'user.admin_granted']))
    await expectWholeOrigins(services.database.owner)
  })
})

describe('an edge', () => {
  it('takes where a request comes from whole: no file puts the parts together by itself', () => {
    const parts = /\bip\b[^;()]{0,80}\brequestId\b|\brequestId\b[^;()]{0,80}\b(ip|clientIp)\b/
    const found = sources.filter(
      ({ path, text }) => !/^(http|audit|cli)\//.test(path) && parts.test(withoutTypes(text)),
    )
    expect(found.map(({ path }) => path)).toEqual([])
  })

  it('that names a person, a program or a stranger says from where beside it', () => {
    const named =
      /\{\s*actor: \{ kind: '(?:person|client|service_account|api_key|anonymous)'[^{}]*\}(?!, \.\.\.|,\s+\.\.\.)/
    expect(sources.filter(({ text }) => named.test(text)).map(({ path }) => path)).toEqual([])
  })
})

/** An interface names both, and hands down neither. */
const withoutTypes = (text: string): string => text.replaceAll(/readonly \w+\??:[^\n]*/g, '')
