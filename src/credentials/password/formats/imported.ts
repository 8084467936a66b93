import { fail, ok, type Result } from '../../../lib/result.ts'
import { readHash } from './read-hash.ts'

export type ImportRefusal =
  | { readonly reason: 'unreadable' }
  /** Checking a password against it would take more than a sign-in may. */
  | { readonly reason: 'too-costly'; readonly excess: string }

/** Django puts its own word before hashes that carry their scheme already. */
const inner = (text: string): string => text.replace(/^(?:argon2(?=\$argon2)|bcrypt\$(?=\$2))/, '')

/** A hash that another system made, as it can be stored here. */
export function importedHash(text: string): Result<string, ImportRefusal> {
  const hash = inner(text)
  const stored = readHash(hash)
  if (!stored) return fail({ reason: 'unreadable' })
  if (stored.excess !== undefined) return fail({ reason: 'too-costly', excess: stored.excess })
  return ok(hash)
}
