import type { AdapterPayload } from 'oidc-provider'
import type { FoundArtifact } from './store.ts'

/** What came along with another statement, as a look-up of its own would have found it. */
export const asFound = (idHash: Buffer, payload: unknown): FoundArtifact => ({
  id_hash: idHash,
  payload,
  sealed: null,
  consumed_at: null,
  org_id: null,
})

/** What the engine compares with a code or a refresh token: the database has done so, and hands nothing else of the session out. */
export const sessionAsFound = ({ accountId, clientId, grantId, exp }: AdapterPayload, uid: string) => ({
  jti: uid,
  uid,
  accountId,
  exp,
  ...(clientId !== undefined && { authorizations: { [clientId]: { grantId } } }),
})
