import { decodeJwt } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { API_KEY_TYPE } from '../../src/oidc/exchange/api-key-grant.ts'
import { createRevocationReader } from '../../src/sdk/revocations.ts'
import { audience, by, introspect, invoicing, must } from '../oidc/organisations-support.ts'
import { askToken, type House, openHouse } from '../oidc/support.ts'
import { programOf } from './support.ts'

const OVERLAP_MS = 60_000

async function keyIn(house: House) {
  const invoices = await invoicing(house)
  const owner = await house.addPerson()
  const acme = await invoices.company([[owner.id, 'member']])
  const { apiKeys } = house.companies
  const { key, secret } = must(
    await apiKeys.create(by, instanceAuthority, {
      organisation: acme.id,
      owner: owner.id,
      name: 'Nightly import',
      permissions: { [invoices.api.id]: ['invoices:read'] },
    }),
  )
  const at = { organisation: acme.id, id: key.id }
  return {
    rotate: async () => must(await apiKeys.rotate(by, instanceAuthority, at, { overlap: OVERLAP_MS })),
    exchanged: async () => {
      const { body } = await askToken(
        house,
        { id: 'hearthkey-api-keys' },
        {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: secret.reveal(),
          subject_token_type: API_KEY_TYPE,
        },
      )
      // The engine goes by the time of day, and what is announced by ours.
      if (house.clock.now() < new Date()) house.clock.set(new Date())
      const token = body['access_token']
      return token === undefined ? undefined : { token, claims: decodeJwt(token) }
    },
    service: await invoices.client(),
  }
}

describe.each([true, false])('[threat 7] with a program that is ours: %s', (firstParty) => {
  it('a token of a key that was rotated is good offline for the overlap, and dead with the key', async () => {
    const house = await openHouse()
    const { rotate, exchanged, service } = await keyIn(house)
    const { client } = await programOf(house, { firstParty, apis: [audience] })
    const reader = createRevocationReader({
      ...{ issuer: house.issuer, api: audience, clientId: client.id, clientSecret: client.secret ?? '' },
      ...{ clock: house.clock, fetch: (to, init) => fetch(to, init), every: 3_600_000, onStale: 'accept' },
    })
    onTestFinished(() => reader.stop())
    await reader.ready()
    const before = await exchanged()
    const outlives = Number(before?.claims.exp) * 1000 - house.clock.now().getTime()
    expect(outlives, 'the token would live on by itself').toBeGreaterThan(2 * OVERLAP_MS)
    await rotate()
    await reader.refresh()
    house.clock.advance(OVERLAP_MS - 1000)
    expect(reader.isRevoked(before?.claims ?? {}), 'while both keys work').toBe('no')
    house.clock.advance(1000)
    expect(await exchanged(), 'the key').toBeUndefined()
    expect((await introspect(house, service, before?.token ?? '')).body).toEqual({ active: false })
    expect(reader.isRevoked(before?.claims ?? {})).toBe('revoked')
  })
})
