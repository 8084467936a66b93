import { createHmac, randomBytes } from 'node:crypto'
import { defineId } from '../../lib/ids.ts'
import { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'

const userId = defineId('usr')

export const CODES = 10
const CHARACTERS = 16
const GROUP = 4
/** Crockford's base32: what is read from paper and typed has no letter that is taken for a digit, and no case. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 80 bits: not to be guessed even by whoever has the hashes and their key. `7K2M-9QXD-0F4T-WB8C`. */
export function newCode(): Secret<string> {
  // 256 is a multiple of 32: each letter is as likely.
  const characters = Array.from(randomBytes(CHARACTERS), (byte) => alphabet.charAt(byte % alphabet.length)).join('')
  return new Secret(characters.replaceAll(new RegExp(`.{${GROUP}}(?=.)`, 'g'), '$&-'))
}

/** As it was read from paper, however it was typed; undefined for what is no code. */
export function typedCode(typed: string): string | undefined {
  if (typed.length > 100) return undefined
  const plain = typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}]/gu, '')
  const code = plain.replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return code.length === CHARACTERS && [...code].every((character) => alphabet.includes(character)) ? code : undefined
}

/** Of the person's code alone: two who were given the same one have two hashes. */
export const hashUnder =
  (key: Secret<Buffer>) =>
  (user: UserId, code: string): Buffer =>
    createHmac('sha256', key.reveal())
      .update(`${userId.toUuid(user)}:${code}`)
      .digest()
