import { fail, ok, type Result } from '../../lib/result.ts'
import { Secret } from '../../lib/secret.ts'

/** Nobody types more, and what is longer is refused before it costs anything. */
export const MAX_BYTES = 4096

export type PasswordRefusal =
  | { readonly reason: 'too-short'; readonly minimum: number }
  | { readonly reason: 'too-long'; readonly maximumBytes: number }
  | { readonly reason: 'is-email' }

/** One that was judged and hashed: the only kind that can be stored. */
export class HashedPassword {
  readonly #phc: Secret<string>

  constructor(phc: Secret<string>) {
    this.#phc = phc
  }

  get phc(): Secret<string> {
    return this.#phc
  }
}

export const isTooLong = (password: Secret<string>): boolean => Buffer.byteLength(password.reveal()) > MAX_BYTES

/** Keyboards compose accents in two ways; both are one password (NIST SP 800-63B-4, 3.1.1.2). */
export const normalised = (password: Secret<string>): Secret<string> => new Secret(password.reveal().normalize('NFC'))

interface Policy {
  readonly minLength: number
}

/** What a password must not be. */
export interface About {
  readonly email: string
}

/** Length counts and nothing else: rules of composition make passwords worse. */
export function judge(
  password: Secret<string>,
  about: About,
  { minLength }: Policy,
): Result<Secret<string>, PasswordRefusal> {
  if (isTooLong(password)) return fail({ reason: 'too-long', maximumBytes: MAX_BYTES })
  const normal = normalised(password)
  const text = normal.reveal()
  if (Array.from(text).length < minLength) return fail({ reason: 'too-short', minimum: minLength })
  if (text.trim().toLowerCase() === about.email.trim().toLowerCase()) return fail({ reason: 'is-email' })
  return ok(normal)
}
