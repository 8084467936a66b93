import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Id } from '../../src/lib/ids.ts'
import type { ConsentQuestion } from '../../src/login/ports.ts'
import { exchanged } from './exchange/support.ts'
import { audience, by, introspect, invoicing, must, refresh, signIn, tokensIn } from './organisations-support.ts'
import { authorization, codeFor, type House, openHouse, openSharedHouse, redeem } from './support.ts'

let house: House
let invoices: Awaited<ReturnType<typeof invoicing>>
beforeAll(async () => {
  house = await openSharedHouse()
  invoices = await invoicing(house)
  return () => house.close()
})

/** Somebody who may do everything, and an application of somebody else. */
async function foreign(at: { house: House; invoices: typeof invoices } = { house, invoices }) {
  const ada = await at.house.addPerson()
  const acme = await at.invoices.company([[ada.id, 'admin']])
  return { ada, acme, shop: await at.invoices.client({ firstParty: false, name: 'Shop' }) }
}

const read = { scope: 'openid invoices:read' }
const bounded = (claims: Record<string, unknown>) => [claims['roles'], claims['permissions'], claims['scope']]

/** Asks by the token itself what it is worth. */
const backEnd = (at: House = house) =>
  at.addClient({
    type: 'service',
    redirectUris: [],
    postLogoutRedirectUris: [],
    firstParty: false,
    apis: [{ audience, scopes: null, onBehalf: true }],
  })

describe('[threat 7] what an application of somebody else may do is what the person agreed to', () => {
  it('of their role no more than the scopes: one of ours has all of it', async () => {
    const { shop, acme } = await foreign()
    const { claims } = await signIn(house, shop, read)
    expect(bounded(claims)).toEqual([undefined, ['invoices:read'], 'invoices:read'])
    expect(claims).toMatchObject({ org_id: acme.id, org: acme.slug })
    const ours = await signIn(house, await invoices.client(), read)
    expect(ours.claims['roles']).toEqual(['admin'])
    expect(ours.claims['permissions']).toContain('invoices:delete')
  })

  it('nothing at an API of which it asked for no scope, though the token is for it', async () => {
    const { shop } = await foreign()
    const { claims } = await signIn(house, shop, { scope: 'openid' })
    expect([claims['aud'], ...bounded(claims)]).toEqual([audience, undefined, [], undefined])
  })

  it('in the next token as in the first, narrowed or for another company', async () => {
    const { ada, acme, shop } = await foreign()
    const other = await invoices.company([[ada.id, 'admin']])
    const scope = 'openid offline_access invoices:read invoices:write'
    const wide = await signIn(house, shop, { scope, prompt: 'consent', organization: acme.slug })
    expect(bounded(wide.claims).slice(0, 2)).toEqual([undefined, ['invoices:read', 'invoices:write']])
    const narrow = tokensIn((await refresh(house, shop, wide.refresh, { scope: 'openid invoices:read' })).body)
    expect(bounded(narrow.claims)).toEqual([undefined, ['invoices:read'], 'invoices:read'])
    const there = tokensIn((await refresh(house, shop, narrow.refresh, { organization: other.slug })).body)
    expect(there.claims['org_id']).toBe(other.id)
    expect(bounded(there.claims).slice(0, 2)).toEqual([undefined, ['invoices:read', 'invoices:write']])
  })

  it('asked by introspection, too, where the tokens of the API do not say it', async () => {
    const own = await openHouse()
    const there = await invoicing(own)
    must(await own.apis.update(by, audience, { carriesPermissions: false }))
    const { shop } = await foreign({ house: own, invoices: there })
    const { access, claims } = await signIn(own, shop, read)
    expect(claims).not.toHaveProperty('permissions')
    const { body } = await introspect(own, shop, access)
    expect([body['active'], ...bounded(body)]).toEqual([true, undefined, ['invoices:read'], 'invoices:read'])
    const holder = await backEnd(own)
    const { token } = await exchanged(own, holder, access, { resource: audience })
    expect(bounded((await introspect(own, holder, token)).body)).toEqual(bounded(body))
  })

  it('through the hands of a back end that exchanges the token', async () => {
    const { shop } = await foreign()
    const holder = await backEnd()
    const { access } = await signIn(house, shop, read)
    const { claims, token } = await exchanged(house, holder, access, { resource: audience })
    expect(bounded(claims)).toEqual([undefined, ['invoices:read'], 'invoices:read'])
    expect(bounded((await introspect(house, holder, token)).body)).toEqual(bounded(claims))
  })
})

describe('[threat 7] what somebody agreed to for an application of somebody else', () => {
  it('holds for every organisation of theirs, those that they join later too, and the question says so', async () => {
    const { ada, acme, shop } = await foreign()
    const scope = 'openid offline_access invoices:read'
    const asked = await led(house, shop.id, { scope, resource: audience, prompt: 'consent', organization: acme.slug })
    expect(asked).toMatchObject({ consent: { organisation: acme.name, inEveryOrganisation: true } })
    const { refresh: held } = await signIn(house, shop, { scope, prompt: 'consent', organization: acme.slug })
    const later = await invoices.company([[ada.id, 'admin']])
    const { claims } = tokensIn((await refresh(house, shop, held, { organization: later.slug })).body)
    expect([claims['org_id'], ...bounded(claims).slice(0, 2)]).toEqual([later.id, undefined, ['invoices:read']])
  })

  it('is not said to be of organisations where the application never hears of one', async () => {
    await foreign()
    const deaf = await invoices.client({ firstParty: false, organisations: 'off' })
    const asked = await led(house, deaf.id, { scope: 'openid', resource: audience })
    expect(asked).toMatchObject({ prompt: 'consent' })
    expect(asked).not.toHaveProperty('consent.inEveryOrganisation')
  })
})

/** Where a request leads somebody who is signed in: to the client, or to a question. */
async function led(at: House, clientId: string, parameters: Record<string, string>) {
  const browser = at.browser()
  await codeFor(at, await at.addClient(), { browser })
  const { url } = await authorization(at, { clientId, ...parameters })
  const to = new URL((await browser.get(url)).headers.get('location') ?? '', at.url)
  if (!to.pathname.startsWith('/login/')) return { error: to.searchParams.get('error') }
  return (await (await browser.get(to)).json()) as { prompt: string; consent?: ConsentQuestion }
}

describe('an API for which somebody else’s application wants a token', () => {
  it('is named to the person even where no scope of it is asked for, once', async () => {
    const person: { readonly id: Id<'usr'> } = await house.addPerson()
    const shop = await invoices.client({ firstParty: false, name: 'Shop' })
    const agreed = () => house.people.consents.of(house.services.database.app, person.id, shop.id)
    await codeFor(house, shop, { scope: 'openid' })
    const asks = { scope: 'openid', resource: audience }
    expect(await led(house, shop.id, { ...asks, prompt: 'none' })).toEqual({ error: 'consent_required' })
    expect(await led(house, shop.id, asks)).toMatchObject({
      prompt: 'consent',
      consent: { asks: { scopes: [], claims: [], apis: [{ audience, scopes: [] }] } },
    })
    expect((await agreed()).resources).not.toHaveProperty([audience])
    const { body } = await redeem(house, shop, await codeFor(house, shop, asks))
    expect(decodeJwt(tokensIn(body).access)).toMatchObject({ aud: audience })
    expect((await agreed()).resources).toHaveProperty([audience], [])
    expect(await led(house, shop.id, { ...asks, prompt: 'none' })).toEqual({ error: null })
    const own = await invoices.client()
    expect(await led(house, own.id, { ...asks, prompt: 'none' })).toEqual({ error: null })
  })
})
