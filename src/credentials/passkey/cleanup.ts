import { sweepExpired } from '../../jobs/expiry.ts'

/** What has expired counts for nothing any more; this is for the room that it takes. */
export const passkeySweep = sweepExpired('passkey_challenges.sweep', '13-59/20 * * * *', [
  { table: 'passkey_challenges' },
])
