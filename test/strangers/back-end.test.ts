import * as client from 'openid-client'
import { expect, it } from 'vitest'
import { invoicesApi, tokenValidator } from '../../examples/demo/api.ts'
import { backWithCode, callback } from './code-flow.ts'
import { openHouse } from './house.ts'

it('a back end checks tokens with jose and nothing but the issuer, also while Hearthkey is down', async () => {
  const house = await openHouse()
  const { issuer, server } = house
  const registered = await house.createClient('--name', 'Invoices', '--redirect-uri', callback, '--first-party')
  const { config, back, verifier } = await backWithCode(house, registered)
  const { access_token, id_token = '' } = await client.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
  })

  const answerOf = (audience: string) => {
    const api = invoicesApi(tokenValidator({ issuer, audience }))
    return async (authorization?: string) =>
      (await api.request('/api/invoices', authorization === undefined ? {} : { headers: { authorization } })).status
  }
  const [ours, others] = [answerOf(issuer), answerOf('https://another-api.example')]
  const [header, payload, signature = ''] = access_token.split('.')
  const forged = [header, payload, signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`]

  expect(await ours()).toBe(401)
  expect(await ours(`Bearer ${access_token}`)).toBe(200)
  expect(await ours(`Bearer ${forged.join('.')}`), 'a forged signature').toBe(401)
  expect(await answerOf(registered.clientId)(`Bearer ${id_token}`), 'an ID token is no permission').toBe(401)
  expect(await others(`Bearer ${access_token}`), 'a token for somebody else').toBe(401)

  const late = answerOf(issuer)
  expect(await server.stop()).toBe(0)
  expect(await ours(`Bearer ${access_token}`), 'its keys are kept').toBe(200)
  expect(await late(`Bearer ${access_token}`), 'a back end that never had the keys').toBe(503)
}, 60_000)
