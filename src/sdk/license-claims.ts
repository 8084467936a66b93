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

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText)
const isNumbers = (value: unknown): value is Record<string, number> =>
  isFields(value) && Object.values(value).every(isWhole)

/** Undefined where something is missing, or is not what it should be. */
export function readLicense(payload: unknown): License | undefined {
  if (!isFields(payload)) return undefined
  const { iss, sub, jti, iat, nbf, exp, product, edition, features = [], limits = {}, instance } = payload
  const { grace_days = 0, licensee } = payload
  if (!isText(iss) || !isText(sub) || !isText(jti) || !isText(product) || !isText(edition)) return undefined
  if (!isWhole(iat) || !isWhole(nbf) || !isWhole(exp) || !isWhole(grace_days) || nbf >= exp) return undefined
  if (!isTexts(features) || !isNumbers(limits) || !(instance === undefined || isTexts(instance))) return undefined
  if (!isFields(licensee) || !isText(licensee['name'])) return undefined
  const { name, email } = licensee
  const to = { name, ...(isText(email) && { email }) }
  return { iss, sub, jti, iat, nbf, exp, product, edition, features, limits, instance, grace_days, licensee: to }
}

export interface Revocations {
  readonly iss: string
  readonly ids: ReadonlySet<string>
}

export function readRevocations(payload: unknown): Revocations | undefined {
  if (!isFields(payload) || !isText(payload['iss']) || !Array.isArray(payload['revoked'])) return undefined
  const ids = payload['revoked'].map((entry: unknown) => (isFields(entry) ? entry['jti'] : undefined))
  return isTexts(ids) ? { iss: payload['iss'], ids: new Set(ids) } : undefined
}
