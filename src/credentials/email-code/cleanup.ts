import { sweepExpired } from '../../jobs/expiry.ts'

/** What has expired opens nothing any more; this is for the room that it takes. */
export const emailCodeSweep = sweepExpired('email_codes.sweep', '14-59/20 * * * *', [{ table: 'email_codes' }])
