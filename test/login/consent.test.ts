import { beforeEach, describe, expect, it } from 'vitest'
import type { PendingInteraction } from '../../src/login/ports.ts'
import { en } from '../../src/ui/messages/en.ts'
import type { User } from '../../src/users/user.ts'
import { type Login, openLogin } from './support.ts'

const password = 'a hearth keeps the house warm'

let login: Login
let ada: User
beforeEach(async () => {
  login = await openLogin()
  ada = await login.addPerson('ada@example.com', password)
})

const beginConsent = (more: Partial<PendingInteraction> = {}) =>
  login.engine.begin({ prompt: 'consent', sessionUser: ada.id, ...more })

describe('consent', () => {
  it('says who asks, for what, and whose account it is about, and lets its form end at the application', async () => {
    const answer = await login.browser(beginConsent({ scopes: ['openid', 'email', 'invoices:read'] })).get()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-security-policy')).toContain('https://invoices.example')
    const page = await answer.text()
    for (const text of ['Invoices', 'ada@example.com', en['consent.scope.email'], 'invoices:read'])
      expect(page).toContain(text)
  })

  it('[threat 34] for a device stands openly in all that it gets, with what is new marked', async () => {
    const read = { name: 'invoices:read', words: { en: 'read your invoices' } }
    const asks = { scopes: ['email'], claims: [], apis: [] }
    const has = { scopes: ['openid'], claims: [], apis: [{ audience: 'urn:a', name: 'Invoices', scopes: [read] }] }
    const consent = { asks, has, whole: { ...has, scopes: ['openid', 'email'] }, policyUri: 'https://shop.example/p' }
    const device = { code: 'BCDF-GHJK', ip: '127.0.0.1' }
    const shown = async (firstParty: boolean) => {
      const client = { id: 'shop', name: 'Shop', firstParty }
      return (await login.browser(beginConsent({ client, consent, device })).get()).text()
    }
    const page = await shown(false)
    for (const said of ['read your invoices', en['consent.scope.openid'], en['consent.takeBack'], 'id="to-policy"'])
      expect(page).toContain(said)
    expect(page).not.toContain('<details')
    expect(page.match(/<strong>[^<]*<\/strong> <span class="badge">new/g)).toEqual([
      expect.stringContaining(en['consent.scope.email']),
    ])
    // Where no consent is kept, there is none to take back.
    expect(await shown(true)).not.toContain(en['consent.takeBack'])
  })

  it('[threat 7] says that it holds for every organisation, also where somebody signs in for one of them', async () => {
    const asks = { scopes: ['openid'], claims: [], apis: [] }
    const organisation = 'Nordwind'
    const device = { code: 'BCDF-GHJK', ip: '127.0.0.1' }
    const told = en['consent.everyOrganisation']
    const shown = async (more: Partial<PendingInteraction>) => (await login.browser(beginConsent(more)).get()).text()
    const every = { asks, organisation, inEveryOrganisation: true } as const
    for (const page of [await shown({ consent: every }), await shown({ consent: every, device })]) {
      expect(page).toContain(organisation)
      expect(page).toContain(told)
    }
    expect(await shown({ consent: { asks } }), 'that works for none').not.toContain(told)
    const ours = { id: 'ours', name: 'Ours', firstParty: true }
    expect(await shown({ client: ours, consent: every, device }), 'for which no consent is kept').not.toContain(told)
  })

  it('names an API of which no scope is asked for, and says so', async () => {
    const asks = {
      scopes: ['openid'],
      claims: [],
      apis: [{ audience: 'https://a.example', name: 'Ledger', scopes: [] }],
    }
    const page = await (await login.browser(beginConsent({ consent: { asks } })).get()).text()
    for (const text of ['Ledger', en['consent.at.bare'], en['consent.at.bare.about']]) expect(page).toContain(text)
  })

  it('is given by a POST', async () => {
    const pending = beginConsent()
    expect((await login.browser(pending).get('/consent')).status).toBe(200)
    expect(login.engine.follow(pending.uid)).toBeUndefined()
    const next = beginConsent()
    expect((await login.browser(next).post('/consent')).status).toBe(303)
    expect(login.engine.follow(next.uid)).toBe('consented')
  })

  it('can be refused', async () => {
    const pending = beginConsent()
    expect((await login.browser(pending).post('/abort')).status).toBe(303)
    expect(login.engine.follow(pending.uid)).toBe('aborted')
  })

  it('[threat 24] takes no field: what is agreed to is what the engine asked for', async () => {
    const pending = beginConsent()
    expect((await login.browser(pending).post('/consent', { scope: 'admin' })).status).toBe(400)
    expect(login.engine.follow(pending.uid)).toBeUndefined()
  })

  it('[threat 29] leads to web pages alone, and says where: an address of an application is no link of ours', async () => {
    const asks = { scopes: ['openid'], claims: [], apis: [] }
    const link = async (policyUri: string) => {
      const client = { id: 'hostile', name: 'Hostile', firstParty: false, uri: policyUri }
      const page = await login
        .browser(beginConsent({ client, consent: { asks, policyUri, termsUri: policyUri } }))
        .get()
      return (await page.text()).match(/<a id="to-(home|policy|terms)"[^>]*>[^<]*<\/a>/g) ?? []
    }
    for (const bad of [
      'javascript:alert(1)',
      'data:text/html,x',
      'https://id.example@evil.example/',
      '//evil.example',
      'x',
    ])
      expect(await link(bad), bad).toEqual([])
    const links = await link('https://b\u00fccher.example/a"onmouseover="x')
    expect(links).toHaveLength(3)
    for (const one of links) {
      expect(one).toContain('>xn--bcher-kva.example/a%22onmouseover=%22x</a>')
      expect(one).toContain('rel="external noopener noreferrer nofollow"')
    }
  })

  it.each([
    ['nobody is signed in', async () => beginConsent({ sessionUser: undefined as never })],
    [
      'the person was disabled',
      async () => {
        await login.disable(ada)
        return beginConsent()
      },
    ],
  ])('is not asked for, nor taken, when %s', async (_why, begin) => {
    const pending = await begin()
    expect((await login.browser(pending).get()).status).toBe(410)
    expect((await login.browser(pending).post('/consent')).status).toBe(410)
    expect(login.engine.follow(pending.uid)).toBeUndefined()
  })
})

describe('[threat 11] a form sent to another step', () => {
  it('consent is not given in the place of a sign-in', async () => {
    const pending = login.engine.begin({ sessionUser: ada.id })
    const answer = await login.browser(pending).post('/consent')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/login/${pending.uid}`])
    expect(login.engine.follow(pending.uid)).toBeUndefined()
  })

  it('a sign-in is not made in the place of consent', async () => {
    const pending = beginConsent()
    const answer = await login.browser(pending).post('', { email: 'ada@example.com', password })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/login/${pending.uid}`])
    expect(login.verifications).toEqual([])
    expect(login.engine.follow(pending.uid)).toBeUndefined()
  })
})
