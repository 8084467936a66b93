import type { DatabaseTarget } from '../db/connection.ts'
import { prepareRoles, withOwnerClient } from '../db/database.ts'
import { migrate } from '../db/migrations/migrate.ts'
import type { MigrationPlan } from '../db/migrations/plan.ts'
import { createPool } from '../db/pool.ts'
import { migrateQueue } from '../jobs/migrate.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { jobKinds } from './jobs.ts'

interface PrepareOptions {
  readonly clock: Clock
  readonly log: Log
}

/** Brings the schema and the queue to this program's version. */
export async function prepareDatabase(target: DatabaseTarget, { clock, log }: PrepareOptions): Promise<MigrationPlan> {
  await prepareRoles(target)
  const plan = await withOwnerClient(target, (client) => migrate(client, { clock, log }))
  const pool = createPool(target, 'hearthkey_owner', { max: 1, log })
  try {
    await migrateQueue({ pool, kinds: jobKinds })
  } finally {
    await pool.end()
  }
  return plan
}
