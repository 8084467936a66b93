import { type createPublicKey, generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { SigningKey } from '../../src/licenses/issuing/private-key.ts'
import { verifyLicense } from '../../src/sdk/license.ts'
import { INSTANCE, licenseText, listText, NOW, nowSeconds, published, shortRsa, vendor } from '../licenses/support.ts'

let key: SigningKey
let other: SigningKey
beforeAll(async () => {
  ;[key, other] = await Promise.all([vendor(), vendor('other')])
})

const ask = (options: object = {}, text = licenseText(key)) =>
  verifyLicense(text, { keys: published(key), product: 'hearthkey', now: NOW, ...options })

describe('[STO-10] verifyLicense', () => {
  it('takes no time that is none: nothing would ever be over', async () => {
    const over = licenseText(key, { iat: 1, nbf: 1, exp: nowSeconds - 1, grace_days: 0 })
    expect(await ask({}, over)).toMatchObject({ state: 'expired' })
    await expect(ask({ now: new Date('soon') }, over)).rejects.toThrow('now')
  })

  it('knows an instance by its origin, however its address is typed', async () => {
    expect(await ask({ instance: `${INSTANCE.toUpperCase()}:443/` })).toMatchObject({ state: 'valid' })
    expect(await ask({ instance: 'https://id.example.org' })).toMatchObject({ state: 'wrong-instance' })
    expect(await ask({ instance: '' })).toMatchObject({ state: 'wrong-instance' })
  })

  it('knows a key by its thumbprint, whatever the file calls it', async () => {
    const { publicJwk } = key
    const nameless = { keys: [{ ...publicJwk, kid: undefined }] }
    expect(await ask({ keys: nameless })).toMatchObject({ state: 'valid' })
    const swapped = { keys: [{ ...other.publicJwk, kid: key.kid }, publicJwk] }
    expect(await ask({ keys: swapped })).toMatchObject({ state: 'valid' })
    expect(await ask({ keys: { keys: swapped.keys.slice(0, 1) } })).toMatchObject({ reason: 'unknown-key' })
  })

  it('is not content with keys that are private, short or of another kind', async () => {
    const jwk = (of: ReturnType<typeof createPublicKey>) => ({ keys: [key.publicJwk, of.export({ format: 'jwk' })] })
    await expect(ask({ keys: jwk(key.privateKey) })).rejects.toThrow('private')
    await expect(ask({ keys: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } })).rejects.toThrow('private')
    await expect(ask({ keys: jwk(shortRsa()) })).rejects.toThrow('2048')
    await expect(ask({ keys: jwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey) })).rejects.toThrow()
  })

  it.each([
    ['without a time', { iat: undefined }],
    ['that revokes what is no licence', { revoked: [{ jti: 'lic_1', at: 1 }] }],
    ['that revokes at no time', { revoked: [{ jti: 'lic_00000000000070008000000000000000' }] }],
    ['of 10 001 licences', { revoked: Array(10_001).fill({ jti: 'lic_00000000000070008000000000000000', at: 1 }) }],
  ])('takes no list %s', async (_what, claims) => {
    await expect(ask({ revocations: listText(key, claims) })).rejects.toThrow('content-invalid')
    expect(await ask({ revocations: listText(key, { revoked: [] }) })).toMatchObject({ state: 'valid' })
  })
})
