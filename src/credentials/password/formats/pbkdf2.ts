import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { equalBytes } from '../../../lib/hash.ts'
import { count, hexBytes, paddedBytes, passlibBytes, phcBytes } from './encodings.ts'
import { type ReadHash, type SaltAndHash, type StoredHash, saltAndHash, tooMuch } from './stored-hash.ts'

/** A second or two. Django asks for 1.2 million. */
const MOST_ITERATIONS = 3_000_000

const digestLength = { sha256: 32, sha512: 64 } as const
type Digest = keyof typeof digestLength

const isDigest = (name: string | undefined): name is Digest => name === 'sha256' || name === 'sha512'

interface Spelling {
  readonly pattern: RegExp
  readonly salt: (text: string) => Buffer | undefined
  readonly hash: (text: string) => Buffer | undefined
}

const parts = {
  digest: '(?<digest>sha256|sha512)',
  iterations: `(?<iterations>${count})`,
  rest: '(?<hash>[^$]+)$',
} as const

const spellings: readonly Spelling[] = [
  {
    // The PHC string format.
    pattern: new RegExp(
      `^\\$pbkdf2-${parts.digest}\\$i=${parts.iterations}(?:,l=(?<length>${count}))?\\$(?<salt>[^$]+)\\$${parts.rest}`,
    ),
    salt: phcBytes,
    hash: phcBytes,
  },
  {
    // passlib.
    pattern: new RegExp(`^\\$pbkdf2-${parts.digest}\\$${parts.iterations}\\$(?<salt>[^$]+)\\$${parts.rest}`),
    salt: passlibBytes,
    hash: passlibBytes,
  },
  {
    // Django: the salt is a text.
    pattern: new RegExp(
      `^pbkdf2_${parts.digest}\\$${parts.iterations}\\$(?<salt>[\\x21-\\x23\\x25-\\x7e]+)\\$${parts.rest}`,
    ),
    salt: (text) => Buffer.from(text),
    hash: paddedBytes,
  },
  {
    // Werkzeug: so is this, and the hash is hexadecimal.
    pattern: new RegExp(`^pbkdf2:${parts.digest}:${parts.iterations}\\$(?<salt>[A-Za-z0-9]+)\\$${parts.rest}`),
    salt: (text) => Buffer.from(text),
    hash: hexBytes,
  },
]

export const readPbkdf2: ReadHash = (text) => {
  for (const { pattern, salt, hash } of spellings) {
    const found = pattern.exec(text)?.groups
    if (!found || !isDigest(found['digest'])) continue
    const read = saltAndHash(salt(found['salt'] ?? ''), hash(found['hash'] ?? ''))
    const said = found['length']
    if (!read || (said !== undefined && Number(said) !== read.hash.length)) return undefined
    return stored(found['digest'], Number(found['iterations']), read)
  }
  return undefined
}

const derive = promisify(pbkdf2)

function stored(digest: Digest, iterations: number, read: SaltAndHash): StoredHash {
  // Each block of output is paid for once more.
  const work = iterations * Math.ceil(read.hash.length / digestLength[digest])
  return {
    scheme: 'pbkdf2',
    excess: tooMuch('iterations', work, MOST_ITERATIONS),
    verify: async (password) =>
      equalBytes(await derive(password, read.salt, iterations, read.hash.length, digest), read.hash),
  }
}
