import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../../src/access/authority.ts'
import { everythingHeard } from '../../support/heard.ts'
import { statementsDuring } from '../../support/statements.ts'
import { audience, by, introspect, invoicing, must, signIn } from '../organisations-support.ts'
import { codeFor, type House, openSharedHouse, redeem } from '../support.ts'

let house: House
let invoices: Awaited<ReturnType<typeof invoicing>>
beforeAll(async () => {
  house = await openSharedHouse()
  invoices = await invoicing(house)
  return () => house.close()
})

type Asker = Awaited<ReturnType<House['addClient']>>

const asking = async (client: Asker, token: string, accept = 'application/json') =>
  fetch(new URL('/oauth/introspect', house.url), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}`, accept },
    body: new URLSearchParams({ token }),
  })

/**
 * Of what is looked up. The frame of a transaction travels with it, and the counters of limits are another store wherever there is
 * one (`REDIS_URL`).
 */
const lookUps = async (work: () => Promise<unknown>): Promise<string[]> => {
  const texts = await statementsDuring(work)
  return texts.filter(
    (text) =>
      !/^\s*(begin|commit|rollback|select set_config|insert into rate_limits|select "points" from "rate_limits")/i.test(
        text,
      ),
  )
}

describe('to ask about a token', () => {
  it('costs two look-ups at most, of access and refresh tokens, for an organisation or for none; of an API key three', async () => {
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'viewer']])
    house.choose(acme.id)
    const client = await invoices.client()
    const inOne = await signIn(house, client)
    await house.addPerson()
    const inNone = await signIn(house, client)
    const key = must(
      await house.companies.apiKeys.create(by, instanceAuthority, {
        organisation: acme.id,
        owner: ada.id,
        name: 'Nightly import',
        permissions: { [invoices.api.id]: ['invoices:read'] },
      }),
    )
    const tokens = {
      'access token for an organisation': inOne.access,
      'access token for none': inNone.access,
      'refresh token for an organisation': inOne.refresh,
      'refresh token for none': inNone.refresh,
      'an API key': key.secret.reveal(),
      'nothing of ours': 'made-up',
    }
    await everythingHeard(house.services)
    for (const [what, token] of Object.entries(tokens)) {
      const { body } = await introspect(house, client, token)
      expect(body['active'], what).toBe(token !== 'made-up')
      const texts = await lookUps(() => introspect(house, client, token))
      expect(texts.length, `${what}:\n${texts.join('\n')}`).toBeLessThanOrEqual(what === 'an API key' ? 3 : 2)
    }
  })

  it('at userinfo, two as well', async () => {
    await house.addPerson()
    const client = await house.addClient()
    const { body } = await redeem(house, client, await codeFor(house, client))
    const ask = async () => {
      const headers = { authorization: `Bearer ${body['access_token']}` }
      expect((await fetch(`${house.url}/oauth/userinfo`, { headers })).status).toBe(200)
    }
    await everythingHeard(house.services)
    await ask()
    const texts = await statementsDuring(ask)
    expect(texts.length, texts.join('\n')).toBeLessThanOrEqual(2)
  })

  it('is answered no to whoever it does not concern: another client, and for another API', async () => {
    await house.addPerson()
    const client = await invoices.client()
    const stranger = await house.addClient()
    const backEnd = await house.addClient({
      type: 'service',
      redirectUris: [],
      postLogoutRedirectUris: [],
      apis: [audience],
    })
    const { access, refresh } = await signIn(house, client)
    const active = async (asker: Asker, token: string) => (await introspect(house, asker, token)).body['active']
    expect([await active(client, access), await active(client, refresh)]).toEqual([true, true])
    expect([await active(backEnd, access), await active(backEnd, refresh)]).toEqual([true, false])
    expect([await active(stranger, access), await active(stranger, refresh)]).toEqual([false, false])
  })

  it('[threat 7] and to a client that proves nothing, of its own tokens too (RFC 7662 §2.1)', async () => {
    await house.addPerson()
    const client = await invoices.client({ type: 'single-page' })
    const { access, refresh } = await signIn(house, client)
    for (const token of [access, refresh]) {
      const answer = await fetch(new URL('/oauth/introspect', house.url), {
        method: 'POST',
        body: new URLSearchParams({ client_id: client.id, token }),
      })
      expect([answer.status, await answer.json()]).toEqual([200, { active: false }])
    }
  })
})

describe('a signed answer (RFC 9701)', () => {
  const SIGNED = 'application/token-introspection+jwt'

  it('is a JWT for the one who asked, of a type that nobody takes for a token', async () => {
    await house.addPerson()
    const client = await invoices.client()
    const { access, refresh } = await signIn(house, client)
    for (const token of [access, refresh, 'made-up']) {
      const answer = await asking(client, token, SIGNED)
      expect(answer.headers.get('content-type')).toContain(SIGNED)
      const jwt = await answer.text()
      const keys = createRemoteJWKSet(new URL(`${house.issuer}/oauth/jwks`))
      const { payload } = await jwtVerify(jwt, keys, {
        issuer: house.issuer,
        audience: client.id,
        typ: 'token-introspection+jwt',
      })
      const plainly = await (await asking(client, token)).json()
      expect(payload['token_introspection']).toEqual(plainly)
      expect(Object.keys(payload).sort()).toEqual(['aud', 'iat', 'iss', 'token_introspection'])
      expect((await fetch(`${house.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${jwt}` } })).status).toBe(
        401,
      )
      expect(decodeProtectedHeader(jwt).alg).toBe('RS256')
    }
  })

  it('is given to nobody who does not ask for it, or has not proven who they are', async () => {
    await house.addPerson()
    const client = await invoices.client()
    const { access } = await signIn(house, client)
    const usual = await asking(client, access, 'text/html')
    expect(usual.headers.get('content-type')).toContain('application/json')
    const wrong = await asking({ ...client, secret: 'wrong' }, access, SIGNED)
    expect(wrong.status).toBe(401)
    expect(await wrong.text()).not.toContain(decodeJwt(access).sub ?? 'nobody')
  })
})
