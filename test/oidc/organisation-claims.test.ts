import { describe, expect, test } from 'vitest'
import { defineId } from '../../src/lib/ids.ts'
import { apiId } from '../../src/oidc/apis/api.ts'
import { audienceOf, organisationClaims } from '../../src/oidc/organisations/claims.ts'

const api = { id: apiId.generate(), audience: 'https://invoices.example' }
const seat = { organisation: { id: defineId('org').generate(), slug: 'acme' } }
const roles = [{ key: 'clerk', permissions: { [api.id]: ['invoices:read', 'invoices:write'] } }]

const permissionsOf = (...apis: Parameters<typeof audienceOf>[1]['apis']) =>
  organisationClaims({ seat, roles }, audienceOf(api, { apis })).permissions

describe('what a token says of the permissions at an API', () => {
  test('is nothing for a client that the API was never given to', () => {
    expect(permissionsOf()).toEqual([])
    expect(permissionsOf({ audience: 'https://elsewhere.example', scopes: null, onBehalf: false })).toEqual([])
  })

  test('is all of the roles, or what was given, for a client that it was given to', () => {
    expect(permissionsOf({ audience: api.audience, scopes: null, onBehalf: false })).toEqual([
      'invoices:read',
      'invoices:write',
    ])
    expect(permissionsOf({ audience: api.audience, scopes: ['invoices:read'], onBehalf: false })).toEqual([
      'invoices:read',
    ])
    expect(permissionsOf({ audience: api.audience, scopes: [], onBehalf: false })).toEqual([])
  })
})
