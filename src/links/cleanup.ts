import { sweepExpired } from '../jobs/expiry.ts'

/** What has expired opens nothing any more; this is for the room that it takes, and for the data that it holds. */
export const linkSweep = sweepExpired('links.sweep', '*/20 * * * *', [{ table: 'links' }])
