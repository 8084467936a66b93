import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { discovered, plain, pushedSignIn, withNonce } from '../protocol/support.ts'
import { callback, openHouse } from '../support.ts'
import { exchange, exchanged, introspect, invoices, payments, tokenOf, twoServices } from './support.ts'

describe('a token that is exchanged', () => {
  it('is not one that is bound to a key: nobody gets a free one for it', async () => {
    const house = await openHouse()
    const { backEnd } = await twoServices(house)
    const bound = await house.addClient({ apis: [invoices], tokenBinding: 'dpop' })
    const as = await discovered(house)
    const client = { client_id: bound.id }
    const auth = oauth.ClientSecretBasic(bound.secret ?? '')
    const dpop = oauth.DPoP({}, await oauth.generateKeyPair('ES256'))
    const parameters = { scope: 'openid money:read', resource: invoices }
    const tokens = await pushedSignIn(house, { as, client, auth, dpop, parameters })
    const found = decodeJwt(tokens.access_token)
    const subject =
      found['aud'] === invoices
        ? tokens.access_token
        : (
            await withNonce(async () =>
              oauth.processRefreshTokenResponse(
                as,
                client,
                await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token ?? '', {
                  ...plain,
                  DPoP: dpop,
                  additionalParameters: { resource: invoices },
                }),
              ),
            )
          ).access_token
    expect(decodeJwt(subject)).toMatchObject({ aud: invoices, cnf: { jkt: expect.any(String) } })
    const refused = await exchange(house, backEnd, subject)
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_request'])
    expect(refused.body['error_description']).toMatch(/^a token that is bound to a key by DPoP is not exchanged/)
  })

  it('is given to no client whose own are bound by DPoP, and that is what it is told', async () => {
    const house = await openHouse()
    const { web } = await twoServices(house)
    const apis = [invoices, payments].map((audience) => ({ audience, scopes: null, onBehalf: true }))
    const holder = await house.addClient({ apis, tokenBinding: 'dpop' })
    const { status, body } = await exchange(house, holder, await tokenOf(house, web))
    expect([status, body['error']]).toEqual([400, 'invalid_request'])
    expect(body['error_description']).toMatch(/^a client whose tokens are bound by DPoP is given none/)
  })

  it('calls the person by the name that the next application knows them by', async () => {
    const house = await openHouse()
    const { ada, web } = await twoServices(house)
    const listed = [invoices, payments].map((audience) => ({ audience, scopes: null, onBehalf: true }))
    const pairwise = await house.addClient({
      redirectUris: [callback],
      firstParty: false,
      subjectType: 'pairwise',
      apis: listed,
    })
    const { token, claims } = await exchanged(house, pairwise, await tokenOf(house, web))
    expect(claims.sub).not.toBe(ada.id)
    expect(await introspect(house, pairwise, token)).toMatchObject({ active: true, sub: claims.sub })
    // And once more, from a token that has that name in it.
    const again = await exchanged(house, pairwise, token, { resource: invoices })
    expect(again.claims.sub).toBe(claims.sub)
  })

  it('has nothing in it that says that two names are one person: neither beside the token that was shown nor beside the next', async () => {
    const house = await openHouse()
    const { web } = await twoServices(house)
    const listed = [invoices, payments].map((audience) => ({ audience, scopes: null, onBehalf: true }))
    const of = (sector: string) => ({ firstParty: false, subjectType: 'pairwise', sector, apis: listed }) as const
    const [bank, shop] = [await house.addClient(of('bank.example')), await house.addClient(of('shop.example'))]
    const shown = await tokenOf(house, web)
    const tokens = [shown, shown].map(async (token, n) => (await exchanged(house, n === 0 ? bank : shop, token)).token)
    const next = (await exchanged(house, bank, (await Promise.all(tokens))[1] ?? '', { resource: invoices })).token
    const claims = [shown, ...(await Promise.all(tokens)), next].map((token) => decodeJwt(token))
    const of2 = (name: string) => claims.map((each) => each[name])
    expect(new Set(of2('sub')).size, 'of the same sector the same').toBe(3)
    const parts = of2('jti').flatMap((jti) => String(jti).split('.'))
    expect(parts).toHaveLength(8)
    expect(new Set(parts).size).toBe(8)
    expect(new Set(of2('sid')).size).toBe(3)
    // What all of them say alike is no name: for whom, how and when somebody signed in, and which applications are concerned.
    const [first, ...others] = claims
    const alike = Object.keys(first ?? {}).filter((name) =>
      others.every((each) => JSON.stringify(each[name]) === JSON.stringify(first?.[name])),
    )
    expect(alike.sort().filter((name) => !['iat', 'exp'].includes(name))).toEqual([
      'acr',
      'amr',
      'auth_time',
      'iss',
      'scope',
    ])
    for (const token of [...(await Promise.all(tokens)), next])
      expect(await introspect(house, decodeJwt(token)['client_id'] === bank.id ? bank : shop, token)).toMatchObject({
        active: true,
      })
  })
})
