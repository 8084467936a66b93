import type { KeyObject } from 'node:crypto'
import { AppError } from '../../errors/app-error.ts'
import { Secret } from '../../lib/secret.ts'
import { AEAD_OVERHEAD, associatedData, decrypt, encrypt } from './aead.ts'

/** Where a seal lives. `row` is the row's id as PostgreSQL prints it. */
export interface Place {
  readonly table: string
  readonly column: string
  readonly row: string
}

export type Plaintext = string | Uint8Array | Secret<string> | Secret<Uint8Array>

export interface DataKey {
  readonly id: string
  readonly secret: KeyObject
}

const FORMAT = 1
const HEADER_BYTES = 17

/** format (1) | data key (16) | nonce (12) | ciphertext | tag (16). */
export function seal(key: DataKey, place: Place, plaintext: Plaintext): Buffer {
  const header = headerOf(key)
  const value = plaintext instanceof Secret ? plaintext.reveal() : plaintext
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  const sealed = encrypt(key.secret, associate(header, place), bytes, header)
  if (bytes !== value) bytes.fill(0)
  return sealed
}

function headerOf({ id }: DataKey): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES)
  header[0] = FORMAT
  if (header.write(id.replaceAll('-', ''), 1, 'hex') !== HEADER_BYTES - 1) throw new TypeError(`not a UUID: ${id}`)
  return header
}

/** Names the key that a seal asks for; which one is no secret, and nothing is believed before the tag is checked. */
export function dataKeyOf(sealed: Uint8Array): string | undefined {
  if (sealed[0] !== FORMAT || sealed.length < HEADER_BYTES + AEAD_OVERHEAD) return undefined
  return Buffer.from(sealed.subarray(1, HEADER_BYTES))
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function open(key: DataKey | undefined, place: Place, sealed: Uint8Array): Secret<Buffer> {
  const plaintext =
    key && dataKeyOf(sealed) === key.id
      ? decrypt(key.secret, associate(sealed.subarray(0, HEADER_BYTES), place), sealed.subarray(HEADER_BYTES))
      : undefined
  if (!plaintext) throw sealBroken()
  return new Secret(plaintext)
}

/** One error for a flipped bit, a foreign row, an unknown key and a short value: whoever tampers learns nothing. */
export const sealBroken = (): AppError => new AppError('seal-broken')

const associate = (header: Uint8Array, { table, column, row }: Place) =>
  associatedData('hearthkey sealed column', header, table, column, row)
