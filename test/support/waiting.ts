import { sql } from 'kysely'
import type { Db } from '../../src/db/types.ts'
import { eventually } from './eventually.ts'

/** Until somebody waits for what somebody else holds in this database. */
export const untilSomebodyWaits = (db: Db): Promise<true> =>
  eventually(async () => {
    const { rows } = await sql`
      SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE NOT granted AND datname = current_database()`.execute(db)
    return rows.length > 0 || undefined
  })
