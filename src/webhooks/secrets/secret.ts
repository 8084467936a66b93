import { randomBytes } from 'node:crypto'
import { Secret } from '../../lib/secret.ts'

/** As Standard Webhooks write them: the prefix, and the bytes in base64. */
const PREFIX = 'whsec_'
const BYTES = 32
/** What Standard Webhooks ask of one: less could be guessed, more is hashed away. */
const [FEWEST, MOST] = [24, 64] as const

export const generateSecret = (): Secret<Buffer> => new Secret(randomBytes(BYTES))

/** What whoever verifies is shown, once. */
export const writeSecret = (secret: Secret<Buffer>): Secret<string> =>
  new Secret(`${PREFIX}${secret.reveal().toString('base64')}`)

/**
 * One that was made elsewhere. Undefined for what the libraries would read in two ways: another alphabet, padding that is
 * missing, spare bits that are set (one secret would then have two spellings), or too short or too long.
 */
export function readSecret(text: string): Secret<Buffer> | undefined {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text
  const bytes = Buffer.from(encoded, 'base64')
  const canonical = bytes.length >= FEWEST && bytes.length <= MOST && bytes.toString('base64') === encoded
  return canonical ? new Secret(bytes) : undefined
}
