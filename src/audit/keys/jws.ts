import type { KeyObject } from 'node:crypto'
import { CompactSign } from 'jose'

export interface SigningAuditKey {
  readonly id: string
  readonly kid: string
  readonly privateKey: KeyObject
}

export const signedBy = ({ kid, privateKey }: SigningAuditKey, typ: string, payload: object): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ, kid })
    .sign(privateKey)
