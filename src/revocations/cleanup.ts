import { sweepExpired } from '../jobs/expiry.ts'

/** The tokens that they speak of have expired. */
export const revocationSweep = sweepExpired('revocations.clean', '17 * * * *', [{ table: 'revocations' }])
