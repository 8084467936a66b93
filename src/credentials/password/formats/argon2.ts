import { verify } from '@node-rs/argon2'
import { count, phcBytes } from './encodings.ts'
import { MOST_MEMORY, type ReadHash, saltAndHash, tooMuch } from './stored-hash.ts'

/** Memory times passes, about half a second. */
const MOST_WORK = 1024 * 1024 * 1024
const MOST_LANES = 16

const pattern = new RegExp(`^\\$(argon2(?:id|i|d))\\$v=(16|19)\\$m=${count},t=${count},p=${count}\\$([^$]+)\\$([^$]+)$`)

export interface Argon2Hash {
  readonly variant: string
  readonly version: number
  /** KiB. */
  readonly memoryCost: number
  readonly timeCost: number
  readonly lanes: number
}

export function parseArgon2(text: string): Argon2Hash | undefined {
  const [, variant = '', version, memory, time, lanes, salt = '', hash = ''] = pattern.exec(text) ?? []
  if (!saltAndHash(phcBytes(salt), phcBytes(hash))) return undefined
  return {
    variant,
    version: Number(version),
    memoryCost: Number(memory),
    timeCost: Number(time),
    lanes: Number(lanes),
  }
}

export const readArgon2: ReadHash = (text) => {
  const parsed = parseArgon2(text)
  if (!parsed) return undefined
  const memory = parsed.memoryCost * 1024
  return {
    scheme: 'argon2',
    excess:
      tooMuch('memory in bytes', memory, MOST_MEMORY) ??
      tooMuch('memory times passes', memory * parsed.timeCost, MOST_WORK) ??
      tooMuch('lanes', parsed.lanes, MOST_LANES),
    verify: (password) => verify(text, password),
  }
}
