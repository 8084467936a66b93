import { z } from 'zod'
import type { Result } from '../../lib/result.ts'
import { licenseClaims, REVOCATIONS_TYPE } from './claims.ts'
import type { TrustedKeys } from './keys.ts'
import { contentOf, openSigned, type Unreadable } from './token.ts'

const { iss, jti, iat } = licenseClaims.shape

export const MOST_LISTED = 10_000

/** All that one vendor has revoked until `iat`; a later list takes the place of an earlier one. */
export const revocationClaims = z.object({
  iss,
  iat,
  revoked: z.array(z.object({ jti, at: iat, reason: z.string().max(200).optional() })).max(MOST_LISTED),
})
export type RevocationList = z.output<typeof revocationClaims>

export interface RevokedLicenses {
  readonly iss: string
  readonly iat: number
  readonly ids: ReadonlySet<string>
}

export const MOST_LIST_BYTES = 4 * 1024 * 1024
const kind = { typ: REVOCATIONS_TYPE, mostBytes: MOST_LIST_BYTES, shape: revocationClaims }

export const openRevocations = (text: string, keys: TrustedKeys): Result<RevocationList, Unreadable> =>
  openSigned(text, keys, kind)

/**
 * Of a list that was verified before it was sealed. What it revoked stays revoked when its key is pinned no more:
 * otherwise to take a key away would give licences back.
 */
export const readKeptRevocations = (text: string): Result<RevocationList, Unreadable> => contentOf(text, kind)

/** A list says everything that was ever revoked: one of the same second that leaves something out is the earlier one. */
export const isOlder = (list: RevokedLicenses, than: RevokedLicenses): boolean =>
  list.iat < than.iat || (list.iat === than.iat && !than.ids.isSubsetOf(list.ids))

export const revokedIn = ({ iss, iat, revoked }: RevocationList): RevokedLicenses => ({
  iss,
  iat,
  ids: new Set(revoked.map(({ jti }) => jti)),
})
