import { z } from 'zod'
import { defineId } from '../../lib/ids.ts'

export const auditKeyId = defineId('aky')
export type AuditKeyId = z.output<typeof auditKeyId.schema>

/** What everybody may have of it. */
export const auditJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  /** Its thumbprint (RFC 7638). */
  kid: z.string(),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
})
export type AuditJwk = z.infer<typeof auditJwk>

/** What its predecessor signs of it: this one signs from now on. */
export interface Endorsement {
  readonly iss: string
  readonly kid: string
  readonly x: string
  readonly at: string
}

export interface PublicAuditKey {
  readonly kid: string
  readonly jwk: AuditJwk
  readonly createdAt: Date
  readonly retiredAt: Date | null
  /** By its predecessor; null for the first. */
  readonly endorsement: string | null
}
