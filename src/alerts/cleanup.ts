import { sweepExpired } from '../jobs/expiry.ts'

/** What is quiet no more is raised anew with or without its row. */
export const alertSweep = sweepExpired('alerts.clean', '41 * * * *', [{ table: 'alert_states', column: 'quiet_until' }])
