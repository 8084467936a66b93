import { z } from 'zod'
import type { Result } from '../../lib/result.ts'
import { licenseClaims, REVOCATIONS_TYPE } from './claims.ts'
import type { TrustedKeys } from './keys.ts'
import { openSigned, type Unreadable } from './token.ts'

const { iss, jti, iat } = licenseClaims.shape

/** All that one vendor has revoked until `iat`; a later list takes the place of an earlier one. */
export const revocationClaims = z.object({
  iss,
  iat,
  revoked: z.array(z.object({ jti, at: iat, reason: z.string().max(200).optional() })).max(10_000),
})
export type RevocationList = z.output<typeof revocationClaims>

export interface RevokedLicenses {
  readonly iss: string
  readonly iat: number
  readonly ids: ReadonlySet<string>
}

const MOST_BYTES = 4 * 1024 * 1024

export const openRevocations = (text: string, keys: TrustedKeys): Result<RevocationList, Unreadable> =>
  openSigned(text, keys, { typ: REVOCATIONS_TYPE, mostBytes: MOST_BYTES, shape: revocationClaims })

export const revokedIn = ({ iss, iat, revoked }: RevocationList): RevokedLicenses => ({
  iss,
  iat,
  ids: new Set(revoked.map(({ jti }) => jti)),
})
