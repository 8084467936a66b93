import { AppError } from '../../errors/app-error.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'
import { nameRefusal } from './names.ts'
import type { MinimumLength } from './policy.ts'

/** Nobody types more, and what is longer is refused before it costs anything. */
export const MAX_BYTES = 4096

/** Each has its text in `ui/messages/areas/passwords.ts`. */
export type PasswordRefusal =
  | { readonly reason: 'too-short'; readonly minimum: number }
  | { readonly reason: 'too-long'; readonly maximumBytes: number }
  /** The address, or the part before its @. */
  | { readonly reason: 'is-email' }
  | { readonly reason: 'is-name' }
  /** The name of this service, or what anybody would guess first. */
  | { readonly reason: 'common' }
  /** It was stolen somewhere, so programs that guess have it. */
  | { readonly reason: 'breached' }
  /** One of the person's last ones, where the operator forbids that. */
  | { readonly reason: 'reused' }

/** One that was judged and hashed, or hashed elsewhere and read: the only kind that can be stored. */
export class HashedPassword {
  readonly #phc: Secret<string>
  readonly origin: 'chosen' | 'imported'

  /** The password that was theirs when this one was held against the last ones; unset where nothing was compared. */
  readonly comparedWith: string | undefined

  constructor(phc: Secret<string>, origin: 'chosen' | 'imported' = 'chosen', comparedWith?: string) {
    this.#phc = phc
    this.origin = origin
    this.comparedWith = comparedWith
  }

  get phc(): Secret<string> {
    return this.#phc
  }
}

/** Another password took the place of the one that it was compared with: it was not held against that one. Asked again, it is. */
export class Overtaken extends AppError {
  constructor() {
    super('busy', { retryAfter: 1 })
  }
}

/** Without counting the bytes of what is too long by its characters alone. */
export const isTooLong = (password: Secret<string>): boolean =>
  password.reveal().length > MAX_BYTES || Buffer.byteLength(password.reveal()) > MAX_BYTES

/** Keyboards compose accents in two ways; both are one password (NIST SP 800-63B-4, 3.1.1.2). */
export const normalised = (password: Secret<string>): Secret<string> => new Secret(password.reveal().normalize('NFC'))

/** Characters, as somebody counts them who reads it. */
export const lengthOf = (password: Secret<string>): number => Array.from(password.reveal()).length

export interface Policy {
  readonly minimum: MinimumLength
  /** Names of this product and of whoever runs it. */
  readonly serviceNames: readonly string[]
}

/** Whose password it is to be. */
export interface About {
  readonly email: string
  readonly names?: readonly string[]
  /** For the history; nobody who is new has one. */
  readonly user?: UserId
  /** Whether this person signs in with a second factor, always. */
  readonly hasSecondFactor?: boolean
}

/** Length counts and whether it can be guessed: rules of composition make passwords worse. */
export function judge(
  password: Secret<string>,
  { email, names = [], hasSecondFactor = false }: About,
  { minimum, serviceNames }: Policy,
): Result<Secret<string>, PasswordRefusal> {
  if (isTooLong(password)) return fail({ reason: 'too-long', maximumBytes: MAX_BYTES })
  const normal = normalised(password)
  const text = normal.reveal()
  const least = hasSecondFactor ? minimum.besideASecond : minimum.alone
  if (lengthOf(normal) < least) return fail({ reason: 'too-short', minimum: least })
  const name = nameRefusal(text, { email, names, service: serviceNames })
  return name ? fail({ reason: name }) : ok(normal)
}
