import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { amrOf } from '../../src/factors/amr.ts'
import type { Proof } from '../../src/factors/factor.ts'
import { levelOf } from '../../src/factors/level.ts'
import { writeProofs } from '../../src/factors/stored.ts'
import { sessionId } from '../../src/sessions/session.ts'
import { eventually } from '../support/eventually.ts'
import { everythingHeard } from '../support/heard.ts'
import { statementsDuring } from '../support/statements.ts'
import { by, introspect, invoicing, must, refresh, signIn, tokensIn } from './organisations-support.ts'
import { asksAt, holds } from './strength-support.ts'
import { authorization, codeFor, type House, openHouse, openSharedHouse, type Proven, redeem } from './support.ts'

const password = { factor: 'password' } as const
const totp = { factor: 'totp' } as const
const passkey = { factor: 'passkey', verified: true, synced: true } as const
const DAY = 86_400_000

let house: House
let invoices: Awaited<ReturnType<typeof invoicing>>
beforeAll(async () => {
  house = await openSharedHouse()
  invoices = await invoicing(house)
})
afterAll(() => house.close())

/** Somebody who is signed in in a browser, with what they proved. */
async function inBrowser(at: House, ...proven: Proven[]) {
  const person = await at.addPerson()
  const client = await at.addClient()
  const browser = at.browser()
  at.prove(...(proven.length > 0 ? proven : [password]))
  const { body } = await redeem(at, client, await codeFor(at, client, { browser }))
  return { person, client, browser, tokens: tokensIn(body) }
}

describe('[threat 20] a request that asks for a level', () => {
  it('is answered by a session that reaches it, and leads any other to the sign-in', async () => {
    const { client, browser } = await inBrowser(house, password, totp)
    const asked = { clientId: client.id }
    expect(await asksAt(house, browser, { ...asked, acr_values: 'mfa' })).toBeUndefined()
    expect(await asksAt(house, browser, { ...asked, acr_values: 'aal2' })).toBeUndefined()
    const { page } = (await asksAt(house, browser, { ...asked, acr_values: 'phr' })) ?? {}
    expect(page).toMatchObject({ prompt: 'login', rules: [{ level: 'phr' }], fresh: false })
    const { url } = await authorization(house, { ...asked, acr_values: 'phr', prompt: 'none' })
    const back = new URL((await browser.get(url)).headers.get('location') ?? '')
    expect(back.searchParams.get('error')).toBe('login_required')
  })

  it('asks for the weakest that it would take, and ignores what nobody knows', async () => {
    const { client, browser } = await inBrowser(house)
    const pageOf = async (acr_values: string) =>
      (await asksAt(house, browser, { clientId: client.id, acr_values }))?.page.rules
    expect(await pageOf('phr urn:example:gold mfa aal2')).toEqual([{ level: 'mfa' }])
    expect(await pageOf('urn:example:gold')).toBeUndefined()
    expect(await pageOf('phr aal1')).toBeUndefined()
  })

  it('tells the page which session it may go on from, and not where that is another browser', async () => {
    const { person, client, browser, tokens } = await inBrowser(house)
    const asked = { clientId: client.id, acr_values: 'aal2' }
    const { page } = (await asksAt(house, browser, asked)) ?? {}
    expect(page).toMatchObject({ session: tokens.claims['sid'], sessionUser: person.id })
    expect((await asksAt(house, house.browser(), asked))?.page).not.toHaveProperty('session')
  })

  it('says in both tokens what was proven, and when', async () => {
    const { client, browser } = await inBrowser(house)
    house.prove(password, passkey)
    const code = await codeFor(house, client, { browser, acr_values: 'phr' })
    const tokens = tokensIn((await redeem(house, client, code)).body)
    const said = {
      acr: 'phr',
      amr: ['pwd', 'swk', 'user', 'mfa'],
      auth_time: Math.floor(house.clock.now().getTime() / 1000),
    }
    expect(tokens.claims).toMatchObject(said)
    expect(decodeJwt(tokens.id)).toMatchObject(said)
    const again = tokensIn((await refresh(house, client, tokens.refresh)).body)
    expect(again.claims).toMatchObject(said)
  })

  it('never goes round in circles: who comes back and still falls short is sent back to the application', async () => {
    const { client, browser } = await inBrowser(house)
    const asked = await asksAt(house, browser, { clientId: client.id, acr_values: 'aal2' })
    const back = await asked?.answer()
    expect(back?.origin).toBe('https://app.example.com')
    expect(back?.searchParams.get('error')).toBe('unmet_authentication_requirements')
    expect(back?.searchParams.get('code')).toBeNull()
  })

  it('has the levels that there are in the discovery document', async () => {
    const document = await fetch(new URL('/.well-known/openid-configuration', house.url)).then((a) => a.json())
    expect(document).toMatchObject({ acr_values_supported: ['aal1', 'mfa', 'aal2', 'phr'] })
  })
})

it.each([{ prompt: 'login' }, { max_age: '5' }])('%j asks for a sign-in that goes on from nothing', async (how) => {
  // The engine goes by the time of day.
  house.clock.advance(-10_000)
  const { client, browser } = await inBrowser(house)
  house.clock.advance(10_000)
  const asked = await asksAt(house, browser, { clientId: client.id, ...how })
  expect(asked?.page).toMatchObject({ prompt: 'login', fresh: true })
  expect((await asked?.answer())?.searchParams.get('code')).toBeTruthy()
})

describe('what an application asks of whoever signs in to it', () => {
  it('turns a session that is too weak to the sign-in, and is said to the page', async () => {
    const { browser } = await inBrowser(house)
    const bank = await house.addClient({ mfa: 'required' })
    const asked = await asksAt(house, browser, { clientId: bank.id })
    expect(asked?.page).toMatchObject({ rules: [{ mfa: 'required' }], fresh: false })
    house.prove(password, totp)
    expect((await asked?.answer())?.searchParams.get('code')).toBeTruthy()
    expect(await asksAt(house, browser, { clientId: bank.id })).toBeUndefined()
  })

  it('is judged at every refresh and look: one that asks for more from now on takes none that has less', async () => {
    const { client, tokens } = await inBrowser(house)
    must(await house.clients.update(by, client.id, { mfa: 'phishing-resistant' }))
    const look = async (token: string) => (await introspect(house, client, token)).body
    await eventually(async () => (await look(tokens.access))['active'] === false || undefined)
    expect(await look(tokens.refresh)).toEqual({ active: false })
    const { status, body } = await refresh(house, client, tokens.refresh)
    expect([status, body['error'], body['acr_values']]).toEqual([400, 'invalid_grant', 'phr'])
    must(await house.clients.update(by, client.id, { mfa: null }))
    await eventually(async () => (await look(tokens.access))['active'] === true || undefined)
    expect((await refresh(house, client, tokens.refresh)).status, 'nothing of the refusal stays').toBe(200)
  })

  it('is judged when the code is redeemed', async () => {
    await house.addPerson()
    house.prove(password)
    const client = await house.addClient()
    const browser = house.browser()
    const code = await codeFor(house, client, { browser })
    must(await house.clients.update(by, client.id, { mfa: 'required' }))
    await eventually(() => asksAt(house, browser, { clientId: client.id }))
    expect((await redeem(house, client, code)).body).toMatchObject({ error: 'invalid_grant', acr_values: 'mfa' })
  })
})

describe('what the instance asks of everybody', () => {
  const beside = (mfa: Parameters<typeof openHouse>[0]) =>
    openHouse({ beside: { database: house.database, issuer: house.issuer }, ...mfa })

  it('required: ends what a weaker sign-in has got', async () => {
    const strict = await beside({ mfa: { require: 'required' } })
    const weak = await inBrowser(house)
    expect((await refresh(strict, weak.client, weak.tokens.refresh)).body['error']).toBe('invalid_grant')
    expect((await introspect(strict, weak.client, weak.tokens.access)).body).toEqual({ active: false })
    const userinfo = await fetch(new URL('/oauth/userinfo', strict.url), {
      headers: { authorization: `Bearer ${weak.tokens.access}` },
    })
    expect(userinfo.status).toBe(401)
    const strong = await inBrowser(house, password, totp)
    expect((await refresh(strict, strong.client, strong.tokens.refresh)).status).toBe(200)
    expect((await introspect(strict, strong.client, strong.tokens.access)).body).toMatchObject({
      active: true,
      acr: 'aal2',
    })
  })

  it('optional: whoever has a factor proves it at the next sign-in, and keeps the tokens of the last', async () => {
    const { person, client, browser, tokens } = await inBrowser(house)
    expect(await asksAt(house, browser, { clientId: client.id })).toBeUndefined()
    await holds(house, person.id, 'totp')
    expect((await refresh(house, client, tokens.refresh)).status).toBe(200)
    const asked = await asksAt(house, browser, { clientId: client.id })
    expect(asked?.page).toMatchObject({ prompt: 'login', rules: [] })
  })

  it('counts no factor that it does not let count', async () => {
    const strict = await beside({ mfa: { require: 'required', factors: ['passkey', 'totp'] } })
    const coded = await inBrowser(house, password, { factor: 'backup-code' })
    expect((await refresh(strict, coded.client, coded.tokens.refresh)).body).toMatchObject({ error: 'invalid_grant' })
    const byApp = await inBrowser(house, password, totp)
    expect((await refresh(strict, byApp.client, byApp.tokens.refresh)).status).toBe(200)
  })

  it('lets nobody count what was proven in the session after the token was issued', async () => {
    const strict = await beside({ mfa: { require: 'required' } })
    const { person, client, tokens } = await inBrowser(house, password, { factor: 'email-code' })
    const { sessions, services, clock } = house
    const minute = (minutes: number) => new Date(clock.now().getTime() + minutes * 60_000)
    const proofs: Proof[] = [
      { ...password, at: minute(0) },
      { factor: 'email-code', at: minute(1) },
      { ...totp, at: minute(2) },
    ]
    const later = { user: person.id, amr: amrOf(proofs), acr: levelOf(proofs), proofs: writeProofs(proofs) }
    await services.database.app.transaction().execute(async (tx) => {
      await sessions.strengthen(tx, { actor: { kind: 'person', id: person.id } }, sessionIn(tokens.claims), later)
    })
    expect((await refresh(strict, client, tokens.refresh)).body).toMatchObject({ error: 'invalid_grant' })
  })

  it('costs a refresh no statement more where the level of the sign-in says that it is enough', async () => {
    const strict = await beside({ mfa: { require: 'required' } })
    const { client, tokens } = await inBrowser(house, password, totp)
    const next = async (at: House, token: string) => {
      const { body } = await refresh(at, client, token)
      return tokensIn(body).refresh
    }
    for (const one of [house, strict]) await everythingHeard(one.services)
    const warm = await next(strict, await next(house, tokens.refresh))
    let last = warm
    const without = await statementsDuring(async () => {
      last = await next(house, last)
    })
    const withRule = await statementsDuring(async () => {
      last = await next(strict, last)
    })
    expect(withRule).toHaveLength(without.length)
  })
})

describe('the time that somebody has who has no second factor', () => {
  const grace = { require: 'required', enrolmentGrace: 7 * DAY } as const

  it('runs from the first token that the rule is met for, is recorded, and ends', async () => {
    const before = await openHouse()
    const { person, client, tokens } = await inBrowser(before)
    const strict = await openHouse({ beside: { database: before.database, issuer: before.issuer }, mfa: grace })
    const first = await refresh(strict, client, tokens.refresh)
    expect(first.status).toBe(200)
    const [event] = await before.events('enrolment.put_off')
    const until = new Date(strict.clock.now().getTime() + 7 * DAY).toISOString()
    expect(event).toMatchObject({ target_id: person.id, after: { until } })
    strict.clock.advance(6 * DAY)
    const second = await refresh(strict, client, first.body['refresh_token'] ?? '')
    expect(second.status, 'still in time').toBe(200)
    strict.clock.advance(2 * DAY)
    const third = await refresh(strict, client, second.body['refresh_token'] ?? '')
    expect(third.body).toMatchObject({ error: 'invalid_grant', acr_values: 'mfa' })
    expect(await before.events('enrolment.put_off')).toHaveLength(1)
  })

  it('is no time for whoever has one', async () => {
    const before = await openHouse()
    const { person, client, tokens } = await inBrowser(before)
    await holds(before, person.id, 'totp')
    const strict = await openHouse({ beside: { database: before.database, issuer: before.issuer }, mfa: grace })
    expect((await refresh(strict, client, tokens.refresh)).body['error']).toBe('invalid_grant')
  })

  it('is offered at the sign-in first, and then keeps the session as it is', async () => {
    const strict = await openHouse({ mfa: { ...grace, require: 'off' } })
    const { client, browser } = await inBrowser(strict)
    const bank = await strict.addClient({ organisations: 'required' })
    const its = await invoicing(strict)
    const ada = await strict.addPerson()
    await its.company([[ada.id, 'viewer']], { policy: { mfa: 'required', grace: 86_400 } })
    expect(await asksAt(strict, browser, { clientId: client.id }), 'nothing asks').toBeUndefined()
    const here = strict.browser()
    const first = await asksAt(strict, here, { clientId: bank.id })
    const second = await first?.answer()
    expect(second?.pathname, 'to be put off by a page that says until when').toMatch(/^\/login\//)
    const resume = (await here.post(second ?? '')).headers.get('location') ?? ''
    const back = new URL((await here.get(resume)).headers.get('location') ?? '', strict.url)
    const code = { code: back.searchParams.get('code') ?? '', verifier: first?.verifier ?? '' }
    expect((await redeem(strict, bank, code)).status).toBe(200)
    expect(await asksAt(strict, here, { clientId: bank.id }), 'put off').toBeUndefined()
    strict.clock.advance(86_400_000)
    expect(await asksAt(strict, here, { clientId: bank.id }), 'no longer').toBeDefined()
  })
})

describe('[MOS-5] what an organisation asks of its members', () => {
  it('is asked at a sign-in of its own, which knows what the organisation asks for', async () => {
    const client = await invoices.client()
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'viewer']], {
      policy: { mfa: 'required', factors: ['totp', 'passkey'] },
    })
    house.prove(password)
    const browser = house.browser()
    const asked = await asksAt(house, browser, { clientId: client.id, organization: acme.slug })
    expect(asked?.page.rules).toEqual([])
    const second = await asked?.answer()
    expect(second?.pathname).toMatch(/^\/login\//)
    const page = (await (await browser.get(second ?? '')).json()) as Record<string, unknown>
    expect(page).toMatchObject({
      prompt: 'login',
      rules: [{ mfa: 'required', factors: ['passkey', 'totp'], grace: 0 }],
      fresh: false,
      session: expect.stringMatching(/^ses_/),
    })
    const resume = (await browser.post(second ?? '')).headers.get('location') ?? ''
    const back = new URL((await browser.get(resume)).headers.get('location') ?? '', house.url)
    expect(back.searchParams.get('error')).toBe('unmet_authentication_requirements')
    house.prove(password, totp)
    expect((await signIn(house, client, { organization: acme.slug })).claims).toMatchObject({
      acr: 'aal2',
      org_id: acme.id,
    })
  })

  it('is judged at a switch, and the error says which sign-in it takes; the token of the first stays good', async () => {
    const client = await invoices.client()
    const ada = await house.addPerson()
    const first = await invoices.company([[ada.id, 'viewer']])
    const second = await invoices.company([[ada.id, 'viewer']], { policy: { mfa: 'phishing-resistant' } })
    house.prove(password, totp)
    const tokens = await signIn(house, client, { organization: first.slug })
    const { status, body } = await refresh(house, client, tokens.refresh, { organization: second.slug })
    expect([status, body['error'], body['acr_values']]).toEqual([400, 'insufficient_user_authentication', 'phr'])
    expect((await refresh(house, client, tokens.refresh)).status).toBe(200)
    house.prove(password, passkey)
    const strong = await signIn(house, client, { organization: first.slug })
    expect((await refresh(house, client, strong.refresh, { organization: second.slug })).status).toBe(200)
  })

  it('ends what a weaker sign-in has got, from the moment it is asked', async () => {
    const client = await invoices.client()
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'viewer']])
    house.prove(password)
    const tokens = await signIn(house, client, { organization: acme.slug })
    const { organisations } = house.companies.orgs
    must(await organisations.update(by, instanceAuthority, acme.id, { policy: { mfa: 'required' } }))
    expect((await refresh(house, client, tokens.refresh)).body).toMatchObject({
      error: 'invalid_grant',
      acr_values: 'mfa',
    })
    expect((await introspect(house, client, tokens.access)).body).toEqual({ active: false })
    expect((await introspect(house, client, tokens.refresh)).body, 'the refresh token as well').toEqual({
      active: false,
    })
    must(await organisations.update(by, instanceAuthority, acme.id, { policy: { mfa: 'required', grace: 86_400 } }))
    expect((await introspect(house, client, tokens.refresh)).body).toMatchObject({ active: true })
    expect((await refresh(house, client, tokens.refresh)).status, 'a day to enrol').toBe(200)
  })

  it('takes a trusted browser for the factor that it stands for, and for no stronger level', async () => {
    const client = await invoices.client()
    const ada = await house.addPerson()
    house.prove(password, { factor: 'trusted-browser', by: 'totp' })
    const byApp = await invoices.company([[ada.id, 'viewer']], { policy: { mfa: 'required', factors: ['totp'] } })
    const byKey = await invoices.company([[ada.id, 'viewer']], { policy: { mfa: 'required', factors: ['passkey'] } })
    const tokens = await signIn(house, client, { organization: byApp.slug })
    expect(tokens.claims).toMatchObject({ acr: 'mfa', amr: ['pwd'] })
    expect((await refresh(house, client, tokens.refresh, { organization: byKey.slug })).body['error']).toBe(
      'insufficient_user_authentication',
    )
    const { url } = await authorization(house, { clientId: client.id, organization: byApp.slug, acr_values: 'aal2' })
    const back = await house.browser().signIn(url)
    expect(back.searchParams.get('error')).toBe('unmet_authentication_requirements')
  })

  it('may be asked by a role alone: whoever has it, and nobody else', async () => {
    const client = await invoices.client()
    const ada = await house.addPerson()
    const eve = await house.addPerson()
    const acme = await invoices.company([])
    const { access, orgs } = house.companies
    const draft = { key: 'treasurer', name: 'Treasurer', permissions: {}, mfa: 'required' } as const
    must(await access.create(by, instanceAuthority, acme.id, draft))
    must(await orgs.memberships.add(by, instanceAuthority, acme.id, ada.id, ['viewer', 'treasurer']))
    must(await orgs.memberships.add(by, instanceAuthority, acme.id, eve.id, ['viewer']))
    house.prove(password)
    house.signInAs(eve.id)
    expect((await signIn(house, client)).claims).toMatchObject({ acr: 'aal1', org_id: acme.id })
    house.signInAs(ada.id)
    const { url } = await authorization(house, { clientId: client.id, organization: acme.slug })
    expect((await house.browser().signIn(url)).searchParams.get('error')).toBe('unmet_authentication_requirements')
    house.prove(password, totp)
    expect((await signIn(house, client)).claims).toMatchObject({ acr: 'aal2', org_id: acme.id })
  })
})

it('no look at factors waits for a second connection while the request holds one', async () => {
  const small = await openHouse({
    poolSize: 1,
    mfa: { require: 'required', factors: ['totp', 'email-code', 'passkey'] },
  })
  const its = await invoicing(small)
  const client = await its.client()
  const ada = await small.addPerson()
  const acme = await its.company([[ada.id, 'viewer']], { policy: { mfa: 'required', factors: ['email-code', 'totp'] } })
  small.prove(password, { factor: 'email-code' })
  const tokens = await signIn(small, client, { organization: acme.slug })
  expect(tokens.claims).toMatchObject({ acr: 'mfa' })
  expect((await refresh(small, client, tokens.refresh)).status).toBe(200)
  expect((await introspect(small, client, tokens.access)).body).toMatchObject({ active: true })
})

function sessionIn({ sid }: Record<string, unknown>) {
  if (typeof sid !== 'string' || !sessionId.is(sid)) throw new Error('the token names no session')
  return sid
}
