import { hkdfSync } from 'node:crypto'
import { AEAD_OVERHEAD, associatedData, decrypt, encrypt, toSecretKey } from '../seal/aead.ts'

/** Names a master key without telling anything about it: what the database keeps beside each key it wrapped. */
export type MasterKeyId = `mk_${string}`

/** What is wrapped, said again when it is unwrapped: a wrapped key put into another row does not open. */
export interface WrapContext {
  readonly dataKeyId: string
  readonly purpose: string
  readonly version: number
}

/** The port behind which the root of all keys may be a file, the environment, or a device that never gives it away. */
export interface MasterKey {
  readonly id: MasterKeyId
  wrap(context: WrapContext, key: Uint8Array): Promise<Buffer>
  /** `undefined`: not wrapped by this master, not for this context, or damaged. */
  unwrap(context: WrapContext, wrapped: Uint8Array): Promise<Buffer | undefined>
}

const FORMAT = 1
const ID_BYTES = 8

/**
 * A master held in this process. The wrapping key and the id are derived from it under separate labels: publishing the
 * id gives nothing of the key, and the root itself never meets a ciphertext. The given bytes are wiped.
 */
export function localMasterKey(root: Buffer): MasterKey {
  const derive = (label: string, length: number) =>
    Buffer.from(hkdfSync('sha256', root, '', `hearthkey master v1 ${label}`, length))
  const id: MasterKeyId = `mk_${derive('id', ID_BYTES).toString('hex')}`
  const wrappingKey = toSecretKey(derive('wrap', 32))
  root.fill(0)

  const associated = ({ dataKeyId, purpose, version }: WrapContext) =>
    associatedData('hearthkey wrapped key', Buffer.of(FORMAT), id, dataKeyId, purpose, String(version))
  return {
    id,
    wrap: async (context, key) => Buffer.concat([Buffer.of(FORMAT), encrypt(wrappingKey, associated(context), key)]),
    unwrap: async (context, wrapped) =>
      wrapped[0] === FORMAT && wrapped.length > AEAD_OVERHEAD
        ? decrypt(wrappingKey, associated(context), wrapped.subarray(1))
        : undefined,
  }
}
