import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Secret } from '../lib/secret.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 62^43 is a little more than 2^256, and 62^6 more than 2^32. */
const [KEY_LENGTH, CHECKSUM_LENGTH] = [43, 6]
const HINT_LENGTH = 4

/** `hk_`, the key, its checksum. For a scanner of leaked secrets: docs/guides/api-keys.md has it too. */
const shape = /^(hk_[0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/

/**
 * Whether it can be one of ours, by the checksum: what was mistyped, cut off or made up costs no look-up. It proves
 * nothing, for anybody can compute it.
 */
export function looksLikeKey(text: string): boolean {
  const [, key, checksum] = shape.exec(text) ?? []
  return key !== undefined && checksum === checksumOf(key)
}

export interface KeySecrets {
  generate(): { readonly secret: Secret<string>; readonly hash: Buffer; readonly hint: string }
  hashOf(presented: string): Buffer
}

/**
 * 256 random bits under a keyed hash, like the secret of a client: a slow hash would protect nothing more. The key of the
 * hash is not in the database, so whoever can write there cannot make an API key of their own.
 */
export function keySecrets(hashKey: Secret<Buffer>): KeySecrets {
  const imported = createSecretKey(hashKey.reveal())
  const hashOf = (text: string) => createHmac('sha256', imported).update(text, 'utf8').digest()
  return {
    hashOf,
    generate: () => {
      const key = `hk_${inBase62(BigInt(`0x${randomBytes(32).toString('hex')}`), KEY_LENGTH)}`
      const text = `${key}_${checksumOf(key)}`
      // Of the key and not of the checksum, which would say nothing.
      return { secret: new Secret(text), hash: hashOf(text), hint: key.slice(-HINT_LENGTH) }
    },
  }
}

const checksumOf = (key: string): string => inBase62(BigInt(crc32(key)), CHECKSUM_LENGTH)

function inBase62(number: bigint, length: number): string {
  const digits = Array.from({ length }, () => '')
  let rest = number
  for (let at = length - 1; at >= 0; at -= 1) {
    digits[at] = ALPHABET.charAt(Number(rest % 62n))
    rest /= 62n
  }
  return digits.join('')
}
