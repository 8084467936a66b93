import { sweepExpired } from '../../jobs/expiry.ts'

/** What was offered and not taken; this is for the room that it takes. */
export const totpSweep = sweepExpired('totp_offers.sweep', '9-59/20 * * * *', [{ table: 'totp_offers' }])
