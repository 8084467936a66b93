import { beforeEach, describe, expect, it } from 'vitest'
import { defineId } from '../../src/lib/ids.ts'
import type { PendingInteraction } from '../../src/login/ports.ts'
import { en } from '../../src/ui/messages/en.ts'
import type { User } from '../../src/users/user.ts'
import { type Login, openLogin } from './support.ts'

const orgId = defineId('org')
const acme = { id: orgId.generate(), slug: 'acme', name: 'Acme <GmbH> & Söhne' }
const other = { id: orgId.generate(), slug: 'other', name: 'Other Ltd' }

let login: Login
let ada: User
beforeEach(async () => {
  login = await openLogin()
  ada = await login.addPerson('ada@example.com', 'a hearth keeps the house warm')
  login.organisations.push(acme, other)
})

const begin = (more: Partial<PendingInteraction> = {}) =>
  login.engine.begin({ prompt: 'organisation', sessionUser: ada.id, ...more })

describe('[STO-6] the choice of an organisation', () => {
  it('[threat 29] shows each by its name as text, as one button, and lets its form end at the application', async () => {
    const answer = await login.browser(begin()).get()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toContain('https://invoices.example')
    const page = await answer.text()
    expect(page).toContain('Acme &lt;GmbH&gt; &amp; Söhne')
    expect(page).not.toContain('<GmbH>')
    for (const text of [en['login.organisation.title'], 'Other Ltd', 'ada@example.com', `value="${acme.id}"`])
      expect(page).toContain(text)
  })

  it('is made by a POST, once', async () => {
    const pending = begin()
    expect((await login.browser(pending).get('/organisation')).status).toBe(200)
    expect(login.engine.follow(pending.uid)).toBeUndefined()
    const next = begin()
    expect((await login.browser(next).post('/organisation', { organisation: other.id })).status).toBe(303)
    expect(login.engine.follow(next.uid)).toBe(other.id)
  })

  it.each([{}, { organisation: 'acme' }, { organisation: '' }])('leads back to the page for %o', async (fields) => {
    const pending = begin()
    const answer = await login.browser(pending).post('/organisation', fields)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/login/${pending.uid}`])
    expect(login.engine.follow(pending.uid)).toBeUndefined()
  })

  it('[threat 24] takes no other field', async () => {
    const pending = begin()
    const fields = { organisation: acme.id, roles: 'admin' }
    expect((await login.browser(pending).post('/organisation', fields)).status).toBe(400)
  })

  it('is nothing that a sign-in or a consent can be answered with', async () => {
    for (const prompt of ['login', 'consent'] as const) {
      const pending = login.engine.begin({ prompt, sessionUser: ada.id })
      await login.browser(pending).post('/organisation', { organisation: acme.id })
      expect(login.engine.follow(pending.uid)).toBeUndefined()
    }
  })

  it('is not asked of somebody who was disabled meanwhile', async () => {
    await login.disable(ada)
    expect((await login.browser(begin()).get()).status).toBe(410)
  })
})
