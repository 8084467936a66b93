import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { equalBytes } from '../../../lib/hash.ts'
import { count, hexBytes, phcBytes } from './encodings.ts'
import { MOST_MEMORY, type ReadHash, type SaltAndHash, type StoredHash, saltAndHash, tooMuch } from './stored-hash.ts'

interface Parameters {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** Bytes that are written: about a second and a half. */
const MOST_WORK = 512 * 1024 * 1024

/** RFC 7914. `ln` is the logarithm of N. */
const phc = new RegExp(`^\\$scrypt\\$ln=${count},r=${count},p=${count}\\$([^$]+)\\$([^$]+)$`)
/** Werkzeug: the salt is a text, N stands as it is, the hash is hexadecimal. */
const werkzeug = new RegExp(`^scrypt:${count}:${count}:${count}\\$([A-Za-z0-9]+)\\$([0-9a-f]+)$`)

export const readScrypt: ReadHash = (text) => readPhc(text) ?? readWerkzeug(text)

function readPhc(text: string): StoredHash | undefined {
  const [, ln, r, p, salt = '', hash = ''] = phc.exec(text) ?? []
  // More than this is no number any more that a power of two fits into, and far beyond the bound.
  const N = 2 ** Math.min(Number(ln), 40)
  return stored({ N, r: Number(r), p: Number(p) }, saltAndHash(phcBytes(salt), phcBytes(hash)))
}

function readWerkzeug(text: string): StoredHash | undefined {
  const [, N, r, p, salt = '', hash = ''] = werkzeug.exec(text) ?? []
  return stored({ N: Number(N), r: Number(r), p: Number(p) }, saltAndHash(Buffer.from(salt), hexBytes(hash)))
}

const isPowerOfTwo = (number: number): boolean => number > 1 && Number.isInteger(Math.log2(number))

const derive = promisify<string, Buffer, number, Parameters & { maxmem: number }, Buffer>(scrypt)

function stored(parameters: Parameters, read: SaltAndHash | undefined): StoredHash | undefined {
  if (!read || !isPowerOfTwo(parameters.N)) return undefined
  const { N, r, p } = parameters
  const memory = 128 * r * (N + p + 2)
  return {
    scheme: 'scrypt',
    excess:
      tooMuch('memory in bytes', memory, MOST_MEMORY) ?? tooMuch('memory times passes', 128 * N * r * p, MOST_WORK),
    verify: async (password) => {
      const derived = await derive(password, read.salt, read.hash.length, { ...parameters, maxmem: memory + 1024 })
      return equalBytes(derived, read.hash)
    },
  }
}
