import { calculateJwkThumbprint } from 'jose'
import { expect, it } from 'vitest'
import { auditKeysOf } from '../../../src/instance/chain.ts'
import { createTestApp } from '../../support/app.ts'

it('[MON-13] the keys that sign heads are public, each with what the one before says of it, and no private half is among them', async () => {
  const app = await createTestApp()
  const keys = auditKeysOf(app)
  const by = { actor: { kind: 'operator', id: 'test' } } as const
  await keys.ensure(by)
  await keys.rotate(by)
  const answer = await app.request('/.well-known/audit-jwks.json')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/jwk-set+json')
  const { keys: published } = (await answer.json()) as { keys: Record<string, string>[] }
  expect(published).toEqual([
    { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), alg: 'EdDSA', use: 'sig' },
    {
      ...{ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), alg: 'EdDSA', use: 'sig' },
      endorsement: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    },
  ])
  for (const { kid, ...jwk } of published) expect(await calculateJwkThumbprint(jwk)).toBe(kid)
})
