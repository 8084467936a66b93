import { type KeyObject, sign } from 'node:crypto'
import { ExternalSigningKey } from 'oidc-provider'
import type { SigningMaterial } from '../../keyring/signing/material.ts'

export type KeyUse = 'sign' | 'verify'

/**
 * A key of ours in the hands of the engine. It stays inside OpenSSL: the engine otherwise wants it as a JWK, a copy of
 * the private half in plain text, and imports that on its way to each signature.
 *
 * Signs on the calling thread. A signature takes less than a millisecond, and the thread pool it would otherwise wait for
 * is shared with file and name look-ups, compression and whatever else is slow at that moment.
 */
export class EngineSigningKey extends ExternalSigningKey {
  readonly #material: SigningMaterial
  readonly #uses: readonly KeyUse[]

  /**
   * A key that was active before proves what it signed then (an `id_token_hint`). One of an API signs for that API alone,
   * and what it signed proves nothing to us.
   */
  constructor(material: SigningMaterial, uses: readonly KeyUse[]) {
    super()
    this.#material = material
    this.#uses = uses
    this.kid = material.kid
    this.alg = material.algorithm
  }

  override get key_ops(): string[] {
    return [...this.#uses]
  }

  override keyObject(): KeyObject {
    return this.#material.publicKey
  }

  override sign(data: Uint8Array): Uint8Array {
    if (!this.#uses.includes('sign')) throw new Error(`the key ${this.kid} signs nothing more`)
    const { algorithm, privateKey } = this.#material
    switch (algorithm) {
      case 'RS256':
        return sign('sha256', data, privateKey)
      case 'ES256':
        return sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
      case 'EdDSA':
        return sign(null, data, privateKey)
    }
  }
}
