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
    expect(refused.body['error_description']).toContain('DPoP')
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
})
