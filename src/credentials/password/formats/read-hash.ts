import { readArgon2 } from './argon2.ts'
import { readBcrypt } from './bcrypt.ts'
import { readPbkdf2 } from './pbkdf2.ts'
import { readScrypt } from './scrypt.ts'
import type { ReadHash } from './stored-hash.ts'

/** Nobody's hash is longer. */
export const LONGEST_HASH = 512

const readers: readonly ReadHash[] = [readArgon2, readBcrypt, readScrypt, readPbkdf2]

/** Whichever of them a text is. */
export const readHash: ReadHash = (text) => {
  if (text.length > LONGEST_HASH) return undefined
  for (const read of readers) {
    const stored = read(text)
    if (stored) return stored
  }
  return undefined
}
