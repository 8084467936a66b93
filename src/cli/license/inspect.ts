import { resolve } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { readBounded } from '../../licenses/files.ts'
import { LICENSE_TYPE, licenseClaims } from '../../licenses/license/claims.ts'
import { openRevocations, revokedIn } from '../../licenses/license/revocations.ts'
import { counts } from '../../licenses/license/standing.ts'
import { headIn, takeApart, type Unreadable } from '../../licenses/license/token.ts'
import { MOST_BYTES, verify } from '../../licenses/license/verify.ts'
import { sentenceOf } from '../../licenses/license/words.ts'
import { readVendorKeys } from '../../licenses/vendor-keys.ts'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'
import { describeLicense } from './describe.ts'
import { withoutProblems } from './refusal.ts'

/** An editor or a mail program puts a line break behind it. */
export const licenseIn = async (path: string, most = MOST_BYTES): Promise<string> =>
  (await readBounded(path, most + 2)).trim()

export const licenseRefused = (sentence: string, cure?: string): AppError =>
  new AppError('license-refused', { detail: sentence, ...(cure !== undefined && { cure }) })

const unreadable = (reason: Unreadable): AppError => licenseRefused(sentenceOf({ state: 'unreadable', reason }))

export async function inspect({ cwd }: CliContext, file: string): Promise<Output> {
  const parts = takeApart(await licenseIn(resolve(cwd, file)), MOST_BYTES)
  if (!parts.ok) throw unreadable(parts.error)
  const header = headIn(parts.value.header, LICENSE_TYPE)
  if (!header.ok) throw unreadable(header.error)
  const claims = licenseClaims.safeParse(parts.value.payload)
  if (!claims.success) throw unreadable('content-invalid')
  const { alg, kid } = header.value
  return {
    text: `${describeLicense(claims.data)}\nkey       ${kid} (${alg})\n\nThis is what it says of itself; nothing was checked. hearthkey license verify does.`,
    json: { header: header.value, claims: claims.data, verified: false },
  }
}

export interface VerifyOptions {
  readonly keys: string
  readonly product?: string
  readonly instance?: string
  readonly revocations?: string
}

export async function verifyFile({ cwd, clock }: CliContext, file: string, options: VerifyOptions): Promise<Output> {
  const pinned = resolve(cwd, options.keys)
  const { keys } = withoutProblems(await readVendorKeys(pinned), pinned)
  const list =
    options.revocations === undefined ? undefined : await licenseIn(resolve(cwd, options.revocations), MOST_LIST)
  const read = list === undefined ? undefined : openRevocations(list, keys)
  if (read && !read.ok) throw unreadable(read.error)
  const standing = verify(await licenseIn(resolve(cwd, file)), {
    keys,
    product: options.product,
    instance: options.instance === undefined ? undefined : originOf(options.instance),
    now: clock.now(),
    revoked: read ? [revokedIn(read.value)] : [],
  })
  if (!counts(standing)) throw licenseRefused(sentenceOf(standing))
  const { state, license } = standing
  return {
    text: `${describeLicense(license)}\n\n${sentenceOf(standing)}`,
    json: { state, claims: license, verified: true },
  }
}

/** As `issue` wrote it. */
const originOf = (address: string): string => (URL.canParse(address) ? new URL(address).origin : address)

const MOST_LIST = 4 * 1024 * 1024
