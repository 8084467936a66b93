import { isDeepStrictEqual } from 'node:util'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../../src/access/authority.ts'
import { inTransaction } from '../../../src/db/transaction.ts'
import { eventually } from '../../support/eventually.ts'
import { invoicing, must } from '../organisations-support.ts'
import { arranging, type House, openHouse } from '../support.ts'
import { exchange, exchanged, introspect, payments, tokenOf, twoServices } from './support.ts'

/** A token that counts now, and the one that it was exchanged for. */
async function handedOn(house: House) {
  const world = await twoServices(house)
  const subject = await tokenOf(house, world.web)
  const { token } = await exchanged(house, world.backEnd, subject)
  const counts = async () => {
    const { active } = await introspect(house, world.backEnd, token)
    const again = await exchange(house, world.backEnd, subject)
    return { exchanged: active, exchanges: again.status === 200 }
  }
  expect(await counts()).toEqual({ exchanged: true, exchanges: true })
  return { ...world, subject, counts }
}

const over = { exchanged: false, exchanges: false }

/** Other processes hear of a change of a client within a second; so does whatever this one remembers of it. */
const until = <T>(look: () => Promise<T>, wanted: T) =>
  eventually(async () => isDeepStrictEqual(await look(), wanted) || undefined)

describe('[threat 7] a token that was exchanged ends with what is behind it', () => {
  it('the person', async () => {
    const house = await openHouse()
    const { ada, counts } = await handedOn(house)
    await house.users.disable(arranging, ada.id)
    await until(counts, over)
  })

  it('their session', async () => {
    const house = await openHouse()
    const { ada, counts } = await handedOn(house)
    await inTransaction(house.services.database.app, (tx) =>
      house.sessions.endAllOf(tx, arranging, ada.id, { reason: 'revoked' }),
    )
    await until(counts, over)
  })

  it('the application that they signed in to, and the one that holds it', async () => {
    const house = await openHouse()
    const { web, backEnd, counts } = await handedOn(house)
    await house.clients.disable(arranging, web.id)
    await until(counts, over)
    await house.clients.enable(arranging, web.id)
    await until(counts, { exchanged: true, exchanges: true })
    // It may go on asking, and for the other API; this pair is over.
    await house.clients.update(arranging, backEnd.id, {
      addApis: [{ audience: payments, scopes: null, onBehalf: false }],
    })
    await until(counts, over)
  })

  it('any other in whose hands it was', async () => {
    const house = await openHouse()
    const { backEnd, web } = await twoServices(house)
    const both = ['https://invoices.example/api', payments].map((audience) => ({
      audience,
      scopes: null,
      onBehalf: true,
    }))
    const next = await house.addClient({
      type: 'service',
      redirectUris: [],
      postLogoutRedirectUris: [],
      firstParty: false,
      apis: both,
    })
    const first = await exchanged(house, backEnd, await tokenOf(house, web))
    const second = await exchanged(house, next, first.token)
    expect(await introspect(house, next, second.token)).toMatchObject({ active: true })
    await house.clients.disable(arranging, backEnd.id)
    await until(() => introspect(house, next, second.token), { active: false })
  })
})

describe('in an organisation', () => {
  it('the roles at the new API decide, never for more than the token had, and the organisation stays', async () => {
    const house = await openHouse()
    const world = await invoicing(house)
    const ada = await house.addPerson()
    const company = await world.company([[ada.id, 'viewer']])
    const audience = 'https://invoices.example/api'
    const web = await world.client()
    const backEnd = await house.addClient({
      type: 'service',
      redirectUris: [],
      postLogoutRedirectUris: [],
      firstParty: false,
      apis: [{ audience, scopes: null, onBehalf: true }],
    })
    const subject = await tokenOf(house, web, { scope: 'openid invoices:read', resource: audience })
    const { claims, token } = await exchanged(house, backEnd, subject, { resource: audience })
    const before = decodeJwt(subject)
    expect(claims).toMatchObject({ org_id: company.id, roles: ['viewer'], scope: 'invoices:read' })
    const had = new Set([...(before['permissions'] as string[]), 'invoices:read'])
    expect((claims['permissions'] as string[]).filter((permission) => !had.has(permission))).toEqual([])
    must(await house.companies.orgs.memberships.setRoles(arranging, instanceAuthority, company.id, ada.id, ['member']))
    expect(await introspect(house, backEnd, token)).toMatchObject({ active: true })
    await house.companies.orgs.organisations.suspend(arranging, company.id)
    expect(await introspect(house, backEnd, token)).toEqual({ active: false })
    expect((await exchange(house, backEnd, subject, { resource: audience })).body['error']).toBe('invalid_request')
  })

  it('gives no permission that the token had not, though the roles give more and the back end may have it', async () => {
    const house = await openHouse()
    const world = await invoicing(house)
    const ada = await house.addPerson()
    await world.company([[ada.id, 'admin']])
    const audience = 'https://invoices.example/api'
    const web = await house.addClient({ apis: [{ audience, scopes: ['invoices:read'], onBehalf: false }] })
    const backEnd = await house.addClient({
      type: 'service',
      redirectUris: [],
      postLogoutRedirectUris: [],
      firstParty: false,
      apis: [{ audience, scopes: null, onBehalf: true }],
    })
    const subject = await tokenOf(house, web, { scope: 'openid invoices:read', resource: audience })
    expect(decodeJwt(subject)['permissions']).toEqual(['invoices:read'])
    const { claims } = await exchanged(house, backEnd, subject, { resource: audience })
    expect([claims['roles'], claims['permissions']]).toEqual([['admin'], ['invoices:read']])
  })

  it('nor where the tokens of the API do not say permissions: asked here, or handed on once more', async () => {
    const house = await openHouse()
    const world = await invoicing(house)
    const ada = await house.addPerson()
    await world.company([[ada.id, 'admin']])
    const audience = 'https://invoices.example/api'
    must(await house.apis.update(arranging, audience, { carriesPermissions: false }))
    const web = await house.addClient({ apis: [{ audience, scopes: ['invoices:read'], onBehalf: false }] })
    const backEnd = await house.addClient({
      type: 'service',
      redirectUris: [],
      postLogoutRedirectUris: [],
      firstParty: false,
      apis: [{ audience, scopes: null, onBehalf: true }],
    })
    const subject = await tokenOf(house, web, { scope: 'openid invoices:read', resource: audience })
    const { token, claims } = await exchanged(house, backEnd, subject, { resource: audience })
    expect(claims).not.toHaveProperty('permissions')
    expect((await introspect(house, backEnd, token))['permissions']).toEqual(['invoices:read'])
    const further = await exchanged(house, backEnd, token, { resource: audience })
    expect((await introspect(house, backEnd, further.token))['permissions']).toEqual(['invoices:read'])
  })
})
