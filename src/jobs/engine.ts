import type { ConstructorOptions, PgBoss, Db as QueueDb } from 'pg-boss'

/** Of its own, so that the engine's tables, which it changes by itself, never mix with ours. */
export const QUEUE_SCHEMA = 'pgboss'
/** The layout that the pinned version of pg-boss works on; a test compares it with what that version installs. */
export const QUEUE_VERSION = 40

/** Loaded when first needed: 35 ms and 10 MB that a command or a server that only starts need not pay. */
export async function createBoss(db: QueueDb, options: ConstructorOptions = {}): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss')
  return new PgBoss({ ...options, db, schema: QUEUE_SCHEMA })
}
