import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { makeSigningKey, type SigningKey, signed } from '../../src/licenses/issuing/private-key.ts'
import { LICENSE_TYPE, licenseId, REVOCATIONS_TYPE } from '../../src/licenses/license/claims.ts'
import { type TrustedKeys, trusting } from '../../src/licenses/license/keys.ts'
import type { LicenseKeys } from '../../src/sdk/license.ts'

export const NOW = new Date('2030-01-15T12:00:00.000Z')
export const DAY = 24 * 3600
export const nowSeconds = NOW.getTime() / 1000
export const INSTANCE = 'https://id.example.com'
export const PASSPHRASE = 'an otter paints the canal'

const made = new Map<string, Promise<SigningKey>>()
/** Making an RSA key takes a tenth of a second and more: one for each name. */
export function vendor(name = 'vendor', algorithm: 'RS256' | 'EdDSA' = 'RS256'): Promise<SigningKey> {
  const id = `${name}, ${algorithm}`
  const key = made.get(id) ?? makeSigningKey(algorithm, 2048)
  made.set(id, key)
  return key
}

export const sample = {
  iss: 'Storno GmbH',
  sub: 'customer-4711',
  jti: licenseId.generate(),
  iat: nowSeconds,
  nbf: nowSeconds,
  exp: nowSeconds + 365 * DAY,
  product: 'hearthkey',
  edition: 'business',
  features: ['einvoice'],
  limits: { users: 3 },
  instance: [INSTANCE],
  grace_days: 14,
  licensee: { name: 'Müller & Söhne', email: 'it@mueller.example' },
}

export const licenseText = (key: SigningKey, claims: object = {}): string =>
  signed(key, LICENSE_TYPE, { ...sample, ...claims })

export const listText = (key: SigningKey, claims: object = {}): string =>
  signed(key, REVOCATIONS_TYPE, {
    iss: sample.iss,
    iat: nowSeconds,
    revoked: [{ jti: sample.jti, at: nowSeconds }],
    ...claims,
  })

export const trusted = (...keys: SigningKey[]): TrustedKeys => trusting(keys)
export const published = (...keys: SigningKey[]): LicenseKeys => ({
  keys: keys.map(({ publicJwk }) => ({ ...publicJwk })),
})

export const shortRsa = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey

export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'hearthkey-licenses-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}
