/** What stands in a licence, as its vendor signed it. Times are seconds since 1970. */
export interface License {
  readonly iss: string
  readonly sub: string
  readonly jti: string
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  readonly product: string
  readonly edition: string
  readonly features: readonly string[]
  readonly limits: Readonly<Record<string, number>>
  /** Issuer addresses; undefined: for any instance. */
  readonly instance: readonly string[] | undefined
  readonly grace_days: number
  readonly licensee: { readonly name: string; readonly email?: string }
}

type Fields = Readonly<Record<string, unknown>>
type Is<T> = (value: unknown) => value is T

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText =
  (most: number, form: RegExp): Is<string> =>
  (value): value is string =>
    typeof value === 'string' && value.length <= most && form.test(value)
const isWhole =
  (most: number): Is<number> =>
  (value): value is number =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most
const isSome =
  <T>(least: number, most: number, is: Is<T>): Is<T[]> =>
  (value): value is T[] =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(is)

/** One line for a terminal: no control character, and nothing that turns the text around. */
const isLine = isText(400, /^(?=.*\S)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,200}$/u)
const isName = isText(64, /^[a-zA-Z][a-zA-Z0-9._-]*$/)
const isLicenseId = isText(36, /^lic_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
const isAddress = isText(200, /^https?:\/\/[!-~]+$/)
const isMailbox = isText(254, /^[!-?A-~]+@[!-?A-~]+$/)
const isReason = (value: unknown): boolean => value === undefined || (typeof value === 'string' && value.length <= 200)
/** The year 9999 is what a date can show. */
const isSecond = isWhole(253_402_300_799)
const isDays = isWhole(365)
const isNumber = isWhole(Number.MAX_SAFE_INTEGER)
const areNames = isSome(0, 200, isName)
const areAddresses = isSome(1, 20, isAddress)

function isLimits(value: unknown): value is Record<string, number> {
  if (!isFields(value)) return false
  const limits = Object.entries(value)
  return limits.length <= 50 && limits.every(([name, most]) => isName(name) && isNumber(most))
}

/** Undefined where something is missing, or is not what it should be: docs/license.schema.json says what that is. */
export function readLicense(payload: unknown): License | undefined {
  if (!isFields(payload)) return undefined
  const { iss, sub, jti, iat, nbf, exp, product, edition, features = [], limits = {}, instance } = payload
  const { grace_days = 0, licensee } = payload
  if (!isLine(iss) || !isLine(sub) || !isLicenseId(jti) || !isName(product) || !isName(edition)) return undefined
  if (!isSecond(iat) || !isSecond(nbf) || !isSecond(exp) || !isDays(grace_days) || nbf >= exp) return undefined
  if (!areNames(features) || !isLimits(limits) || !(instance === undefined || areAddresses(instance))) return undefined
  if (!isFields(licensee) || !isLine(licensee['name'])) return undefined
  const { name, email } = licensee
  if (email !== undefined && !isMailbox(email)) return undefined
  const to = { name, ...(email !== undefined && { email }) }
  return { iss, sub, jti, iat, nbf, exp, product, edition, features, limits, instance, grace_days, licensee: to }
}

export interface Revocations {
  readonly iss: string
  readonly ids: ReadonlySet<string>
}

export function readRevocations(payload: unknown): Revocations | undefined {
  if (!isFields(payload)) return undefined
  const { iss, iat, revoked } = payload
  if (!isLine(iss) || !isSecond(iat) || !Array.isArray(revoked) || revoked.length > 10_000) return undefined
  const ids = new Set<string>()
  for (const entry of revoked) {
    if (!isFields(entry) || !isLicenseId(entry['jti']) || !isSecond(entry['at']) || !isReason(entry['reason']))
      return undefined
    ids.add(entry['jti'])
  }
  return { iss, ids }
}
