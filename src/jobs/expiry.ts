import { sql } from 'kysely'
import { z } from 'zod'
import type { DB } from '../db/schema.gen.ts'
import type { Db } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { inBatches } from './batches.ts'
import { handle, type JobHandler } from './handler.ts'
import { defineJob } from './job.ts'
import { type CheckKind, type JobSchedule, schedule } from './schedule.ts'

/** A table whose rows count for nothing from a moment on that stands in them, with an index on that moment. */
export interface Expiring {
  readonly table: keyof DB
  /** `expires_at` where nothing is said. */
  readonly column?: string
  /** How the column writes a moment; as a time where nothing is said. */
  readonly written?: (moment: Date) => unknown
}

/**
 * The oldest first, by the index, and found again by where they lie, and by nothing else: with the moment beside it, a table of ten
 * million was read by its index from the beginning for each batch. It need not be asked again: they are held, and whoever
 * renewed one meanwhile has written it elsewhere. What somebody else holds is left for the next run. As the owner, for only who
 * may change a row may hold it.
 */
export async function deleteExpired(
  owner: Db,
  { table, column = 'expires_at', written = (moment) => moment }: Expiring,
  now: Date,
  batch: number,
): Promise<number> {
  const [at, until] = [sql.ref(column), written(now)]
  const { numAffectedRows } = await sql`
    DELETE FROM ${sql.table(table)}
    WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM ${sql.table(table)} WHERE ${at} <= ${until} ORDER BY ${at} LIMIT ${batch} FOR UPDATE SKIP LOCKED
    ))`.execute(owner)
  return Number(numAffectedRows ?? 0)
}

interface SweepDeps {
  readonly owner: Db
  readonly clock: Clock
}

/** All that a room has to say of the clean-up of what has expired in it. */
export interface Sweep {
  readonly kinds: readonly CheckKind[]
  readonly schedules: readonly JobSchedule[]
  handlers(deps: SweepDeps): JobHandler[]
}

const BATCH = 1000

export function sweepExpired(name: string, cron: string, expiring: readonly Expiring[]): Sweep {
  const kind = defineJob({ name, schema: z.strictObject({}), overlap: 'never' })
  return {
    kinds: [kind],
    schedules: [schedule(kind, cron)],
    handlers: ({ owner, clock }) => [
      handle(kind, async (_payload, { signal }) => {
        for (const one of expiring)
          await inBatches(signal, BATCH, (batch) => deleteExpired(owner, one, clock.now(), batch))
      }),
    ],
  }
}
