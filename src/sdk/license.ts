import { open } from 'node:fs/promises'
import { type License, type Revocations, readLicense, readRevocations } from './license-claims.ts'
import { type LicenseKeys, openSigned, type Unreadable } from './signed-text.ts'

export type { License, LicenseKeys, Unreadable }

/** What a service does with a licence hangs on `counts`; what it tells people, on `state`. */
export type LicenseVerdict =
  | { readonly counts: true; readonly state: 'valid' | 'expiring' | 'grace'; readonly license: License }
  | {
      readonly counts: false
      readonly state: 'expired' | 'not-yet-valid' | 'wrong-instance' | 'wrong-product' | 'revoked'
      readonly license: License
    }
  | { readonly counts: false; readonly state: 'unreadable'; readonly reason: Unreadable }

export interface LicenseOptions {
  /** The vendor's public keys, from a file that came with the service. */
  readonly keys: LicenseKeys
  readonly product: string
  /** The issuer address of the instance; left out: it is not asked. */
  readonly instance?: string
  /** The text of the vendor's signed list. One that does not fit is an error: it may have been exchanged. */
  readonly revocations?: string
  /** Left out: the clock of this machine. */
  readonly now?: Date
}

const MOST_BYTES = 16 * 1024
const MOST_LIST_BYTES = 4 * 1024 * 1024
const EARLY_SECONDS = 5 * 60
const DAY = 24 * 3600
const WARN_DAYS = 30

/** Whether a licence counts, offline: nothing is fetched, asked or remembered. It throws where the options are no such thing. */
export async function verifyLicense(text: string, options: LicenseOptions): Promise<LicenseVerdict> {
  // Every comparison with what is no date is false: nothing would ever be over.
  if (Number.isNaN(options.now?.getTime())) throw new RangeError('`now` is no date')
  const opened = await openSigned(text.trim(), options.keys, { typ: 'license+jwt', mostBytes: MOST_BYTES })
  if (!opened.ok) return { counts: false, state: 'unreadable', reason: opened.reason }
  const license = readLicense(opened.payload)
  if (!license) return { counts: false, state: 'unreadable', reason: 'content-invalid' }
  return judge(license, options, await revocationsIn(options))
}

export async function verifyLicenseFile(path: string, options: LicenseOptions): Promise<LicenseVerdict> {
  return verifyLicense(await readBounded(path), options)
}

/** A byte more than a licence may have is enough to see that it has too many. */
async function readBounded(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES + 1), 0, MOST_BYTES + 1, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

async function revocationsIn({ keys, revocations }: LicenseOptions): Promise<Revocations | undefined> {
  if (revocations === undefined) return undefined
  const kind = { typ: 'license-revocations+jwt', mostBytes: MOST_LIST_BYTES }
  const opened = await openSigned(revocations.trim(), keys, kind)
  const list = opened.ok ? readRevocations(opened.payload) : undefined
  if (!list) throw new Error(`the revocation list cannot be used: ${opened.ok ? 'content-invalid' : opened.reason}`)
  return list
}

/** The one spelling in which a licence names it. */
const originOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address)

/** What no time mends is said before what time does. */
function judge(
  license: License,
  { product, instance, now = new Date() }: LicenseOptions,
  revoked: Revocations | undefined,
): LicenseVerdict {
  const refuse = (state: 'expired' | 'not-yet-valid' | 'wrong-instance' | 'wrong-product' | 'revoked') =>
    ({ counts: false, state, license }) as const
  if (revoked?.iss === license.iss && revoked.ids.has(license.jti)) return refuse('revoked')
  if (license.product !== product) return refuse('wrong-product')
  if (instance !== undefined && license.instance && !license.instance.includes(originOf(instance)))
    return refuse('wrong-instance')
  const seconds = now.getTime() / 1000
  if (seconds < Math.max(license.nbf, license.iat) - EARLY_SECONDS) return refuse('not-yet-valid')
  if (seconds >= license.exp + license.grace_days * DAY) return refuse('expired')
  if (seconds >= license.exp) return { counts: true, state: 'grace', license }
  return { counts: true, state: license.exp - seconds <= WARN_DAYS * DAY ? 'expiring' : 'valid', license }
}
