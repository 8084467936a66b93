import { beginsAt, dateOf, graceEndsAt, LICENSE_TYPE, type License, licenseClaims } from './claims.ts'
import type { TrustedKeys } from './keys.ts'
import type { RevokedLicenses } from './revocations.ts'
import type { Standing } from './standing.ts'
import { openSigned } from './token.ts'

export interface Circumstances {
  readonly keys: TrustedKeys
  /** Undefined where it does not matter: on the vendor's own machine. */
  readonly product: string | undefined
  /** The issuer address of this instance; undefined where none is asked for. */
  readonly instance: string | undefined
  readonly now: Date
  /** A list of each vendor that has handed one out. */
  readonly revoked?: readonly RevokedLicenses[]
  /** Milliseconds before its end from which it is "expiring". */
  readonly warnBefore?: number
}

/** Far more than any licence; nothing longer is parsed. */
export const MOST_BYTES = 16 * 1024
/** A licence that was just signed on a machine whose clock is a little ahead. */
const EARLY_MS = 5 * 60_000
export const WARN_BEFORE_MS = 30 * 24 * 3_600_000

/** Offline, from the text alone: the same text, keys and moment always give the same answer. */
export function verify(text: string, { keys, ...circumstances }: Circumstances): Standing {
  const opened = openSigned(text, keys, { typ: LICENSE_TYPE, mostBytes: MOST_BYTES, shape: licenseClaims })
  return opened.ok ? judge(opened.value, circumstances) : { state: 'unreadable', reason: opened.error }
}

/** What no time mends is said before what time does. */
function judge(
  license: License,
  { product, instance, now, revoked = [], warnBefore = WARN_BEFORE_MS }: Omit<Circumstances, 'keys'>,
): Standing {
  if (revoked.some(({ iss, ids }) => iss === license.iss && ids.has(license.jti))) return { state: 'revoked', license }
  if (product !== undefined && license.product !== product) return { state: 'wrong-product', license }
  if (instance !== undefined && license.instance && !license.instance.includes(instance))
    return { state: 'wrong-instance', license }
  if (now.getTime() < beginsAt(license).getTime() - EARLY_MS) return { state: 'not-yet-valid', license }
  const until = graceEndsAt(license)
  if (now >= until) return { state: 'expired', license }
  const end = dateOf(license.exp)
  if (now >= end) return { state: 'grace', license, until }
  return { state: end.getTime() - now.getTime() <= warnBefore ? 'expiring' : 'valid', license }
}
