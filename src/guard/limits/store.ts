import type { Db } from '../../db/types.ts'

/** In milliseconds since 1970, as the limiter writes it. */
export async function deleteExpiredCounters(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('rate_limits').where('expire', '<', String(now.getTime())).execute()
}
