import { AppError } from '../../errors/app-error.ts'
import type { Sealer } from '../seal/sealer.ts'
import { importMaterial, type SigningMaterial } from './material.ts'
import { placeOfSigningKey, type SigningKeyRow } from './signing-key.ts'

/** The key of a row, or an error that names the row: a key that is not what its row says neither signs nor is published. */
export async function openSigningKey(instance: Sealer, row: SigningKeyRow): Promise<SigningMaterial> {
  try {
    if (!row.sealed) throw new TypeError('the private key was erased')
    const material = await importMaterial(await instance.open(placeOfSigningKey(row.id), row.sealed), row.algorithm)
    if (material.kid !== row.kid) throw new TypeError('the key has another thumbprint')
    return material
  } catch (cause) {
    throw new AppError('keyring-damaged', { detail: `The signing key ${row.kid} does not open.`, cause })
  }
}
