import { generateKeyPairSync } from 'node:crypto'
import { Provider } from 'oidc-provider'
import { expect, it } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { plainClient } from '../../src/oidc/clients/client.ts'
import { plan } from '../../src/oidc/clients/registration.ts'
import { clientSecrets } from '../../src/oidc/clients/secret.ts'
import { ownClients, recordOf } from '../../src/oidc/engine/engine-clients.ts'
import { createKnown } from '../../src/oidc/known.ts'
import { HandListener } from '../keyring/support.ts'
import { frozenClock } from '../support/clock.ts'
import { everythingHeard } from '../support/heard.ts'
import { roundTripsDuring } from '../support/round-trips.ts'
import { askToken, openHouse } from './support.ts'

function recordFor(id: string, now: Date) {
  const planned = plan({ id, name: id, type: 'service', redirectUris: [] }, now, {
    longestTokenLifetime: 86_400_000,
    certificates: { read: false, verified: false },
  })
  if (!planned.ok) throw new Error(planned.error.reason)
  return planned.value
}

async function open({ most = 50_000 }: { most?: number } = {}) {
  const clock = frozenClock()
  const listener = new HandListener()
  const loads: string[] = []
  const clients = await createKnown({
    channel: 'clients',
    listener,
    clock,
    most,
    oldestMs: 300_000,
    load: async (id) => {
      loads.push(id)
      return recordFor(id, clock.now())
    },
  })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const provider = new Provider('https://id.example.com', {
    adapter: () => ({}),
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  })
  ownClients(provider, {
    clients,
    secrets: clientSecrets(new Secret(Buffer.alloc(32))),
    clock,
    readsCertificates: false,
  })
  return { clock, listener, loads, provider }
}

it('ten thousand applications are met once each and made once each: nobody makes room for anybody', async () => {
  const { provider, loads } = await open()
  const ids = Array.from({ length: 10_000 }, (_, index) => `client-${index}`)
  const first = await Promise.all(ids.map((id) => provider.Client.find(id)))
  const again = await Promise.all(ids.map((id) => provider.Client.find(id)))
  expect(loads).toHaveLength(ids.length)
  expect(again.every((client, index) => client !== undefined && client === first[index])).toBe(true)
})

it('one that was changed is made anew, and no other', async () => {
  const { provider, listener, clock } = await open()
  const [one, other] = [await provider.Client.find('one'), await provider.Client.find('other')]
  listener.say('one')
  const changed = await provider.Client.find('one')
  expect(changed).not.toBe(one)
  expect(changed && recordOf(changed)).toMatchObject({ id: 'one', ...plainClient })
  expect(await provider.Client.find('other')).toBe(other)
  clock.advance(299_000)
  expect(await provider.Client.find('other')).toBe(other)
})

it('beyond the bound whoever was not asked for the longest makes room', async () => {
  const { provider, loads } = await open({ most: 100 })
  for (let index = 0; index < 100; index++) await provider.Client.find(`client-${index}`)
  await provider.Client.find('client-0')
  for (let index = 100; index < 150; index++) await provider.Client.find(`client-${index}`)
  loads.length = 0
  for (const id of ['client-0', 'client-149', 'client-99']) await provider.Client.find(id)
  expect(loads).toEqual([])
  await provider.Client.find('client-1')
  expect(loads).toEqual(['client-1'])
})

it('a program’s token asks the database for nothing once its client is known', async () => {
  const house = await openHouse()
  const audience = 'https://invoices.example.com'
  for (const isDefault of [true, false])
    await house.addApi({ audience: `${audience}/${isDefault}`, name: 'An API', scopes: ['read'], isDefault })
  const program = { type: 'service', redirectUris: [], postLogoutRedirectUris: [] } as const
  const clients = [
    await house.addClient(program),
    await house.addClient({ ...program, apis: [`${audience}/true`, `${audience}/false`] }),
  ]
  const ask = async () => {
    for (const client of clients)
      expect(await askToken(house, client, { grant_type: 'client_credentials' })).toMatchObject({ status: 200 })
  }
  await everythingHeard(house.services)
  await ask()
  expect(await roundTripsDuring(ask)).toEqual({ trips: 0, statements: 0 })
})
