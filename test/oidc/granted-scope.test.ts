import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewClient } from '../../src/oidc/clients/registration.ts'
import { askToken, codeFor, type House, openSharedHouse, redeem } from './support.ts'

const [ledger, byRole] = ['https://ledger.example/api', 'https://by-role.example/api']
let house: House
beforeAll(async () => {
  house = await openSharedHouse()
  await house.addPerson()
  await house.addApi({ audience: ledger, name: 'Ledger', scopes: ['read', 'write'] })
  await house.addApi({ audience: byRole, name: 'By role', scopes: ['money:read'], byRole: true })
})
afterAll(() => house?.close())

const program = (apis: NonNullable<NewClient['apis']>) =>
  house.addClient({ type: 'service', redirectUris: [], postLogoutRedirectUris: [], apis })

describe('a program that asks for a scope', () => {
  it.each(['nope', 'nope neither'])('that the API has not is told so: %s', async (scope) => {
    const client = await program([ledger])
    const { status, body } = await askToken(house, client, { grant_type: 'client_credentials', scope })
    expect([status, body['error']]).toEqual([400, 'invalid_scope'])
    expect(body['error_description']).toContain('leave it out')
  })

  it('at this server itself, which has none for it, is told so', async () => {
    const fields = { grant_type: 'client_credentials', resource: house.issuer, scope: 'read' }
    const { status, body } = await askToken(house, await program([ledger]), fields)
    expect([status, body['error']]).toEqual([400, 'invalid_scope'])
  })

  it.each([
    ['that it may not have', 'read write', 'read'],
    ['that there is not, beside one that there is', 'read nope', 'read'],
    ['of ours', 'openid read', 'read'],
    ['and gets none', 'write', ''],
    ['and none of its own', 'openid', ''],
  ])('%s is told what it got', async (_what, scope, granted) => {
    const client = await program([{ audience: ledger, scopes: ['read'] }])
    const { status, body } = await askToken(house, client, { grant_type: 'client_credentials', scope })
    expect([status, body['scope']]).toEqual([200, granted])
  })

  it('or for none is told nothing of it', async () => {
    const { body } = await askToken(house, await program([ledger]), { grant_type: 'client_credentials' })
    expect(body).not.toHaveProperty('scope')
  })
})

it('a person whose roles give nothing: the application is told that it got nothing, with the code and with each refresh', async () => {
  const client = await house.addClient({ apis: [byRole] })
  const asked = { scope: 'openid money:read', resource: byRole }
  const { body } = await redeem(house, client, await codeFor(house, client, asked), { resource: byRole })
  expect(body).toMatchObject({ scope: '', id_token: expect.any(String) })
  const refresh = { grant_type: 'refresh_token', refresh_token: body['refresh_token'] ?? '', resource: byRole }
  expect((await askToken(house, client, refresh)).body).toMatchObject({ scope: '' })
})
