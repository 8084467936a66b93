import { generateSecret, generateSync, generateURI } from 'otplib'
import { equalBytes } from '../../lib/hash.ts'
import { Secret } from '../../lib/secret.ts'
import { typedDigits } from '../../lib/typed-digits.ts'

/** What every app can do, and what many do whatever the URI says: HMAC-SHA-1, six digits, thirty seconds. */
const DIGITS = 6
const PERIOD_MS = 30_000
/** RFC 6238 §5.2: one step for the clock of the device and for the time that typing takes. */
const WINDOW = 1
/** RFC 4226 §4, R6: 160 bits. */
const SECRET_BYTES = 20

/** In base32, as apps take it. */
export const newSecret = (): Secret<string> => new Secret(generateSecret({ length: SECRET_BYTES }))

/** `otpauth://`, with what the app shows beside its code: whose it is, and where. */
export const uriOf = (secret: Secret<string>, issuer: string, account: string): Secret<string> =>
  new Secret(generateURI({ issuer, label: account, secret: secret.reveal(), digits: DIGITS, period: PERIOD_MS / 1000 }))

const stepAt = (time: Date): number => Math.floor(time.getTime() / PERIOD_MS)

/** RFC 4226 over the step as the counter. */
export const codeAt = (secret: Secret<string>, step: number): string =>
  generateSync({ strategy: 'hotp', secret: secret.reveal(), counter: step, digits: DIGITS })

/**
 * The step that the code is of: younger than `after`, at most one away from now. A clock that was set back so accepts
 * nothing until it has come to where it was: what was used there is still used up.
 */
export function matchingStep(secret: Secret<string>, typed: string, now: Date, after: number): number | undefined {
  const code = typedDigits(typed, DIGITS)
  if (code === undefined) return undefined
  const given = Buffer.from(code)
  const steps = Array.from({ length: 2 * WINDOW + 1 }, (_, place) => stepAt(now) - WINDOW + place)
  return steps
    .filter((step) => step >= 0 && equalBytes(Buffer.from(codeAt(secret, step)), given))
    .find((step) => step > after)
}
