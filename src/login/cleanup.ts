import { sweepExpired } from '../jobs/expiry.ts'

/** An attempt lives as long as the interaction it belongs to; what is past that is nobody's any more. */
export const loginSweep = sweepExpired('login_attempts.forget', '*/15 * * * *', [{ table: 'login_attempts' }])
