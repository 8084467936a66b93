import { sweepExpired } from '../jobs/expiry.ts'

/** What has expired opens nothing any more; this is for the room that it takes. */
export const oidcSweep = sweepExpired('oidc_artifacts.clean', '*/10 * * * *', [
  { table: 'oidc_artifacts' },
  { table: 'oidc_used_jwts' },
])
