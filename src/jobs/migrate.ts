import { AppError } from '../errors/app-error.ts'
import { createBoss, QUEUE_SCHEMA, QUEUE_VERSION } from './engine.ts'
import type { JobKind } from './job.ts'
import { type OwnerPool, type Queryable, queueDb } from './pool.ts'
import { declareQueues } from './queues.ts'

/**
 * What a serving connection may do with the queue: put a job in. The engine's insert reads the queue's settings and
 * hands back the new id and start; it reads no payload, changes nothing and takes nothing away.
 */
const grants = `
  GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO hearthkey_app;
  GRANT SELECT ON ${QUEUE_SCHEMA}.queue TO hearthkey_app;
  GRANT INSERT, SELECT (id, start_after) ON ${QUEUE_SCHEMA}.job_common TO hearthkey_app`

/** Any constant does, as long as no other advisory lock of ours has it. */
const INSTALL_LOCK = 4_852_711_002

interface MigrateQueueOptions {
  readonly pool: OwnerPool
  /** Every kind that the program knows: a kind without its queue cannot be enqueued. */
  readonly kinds: readonly Omit<JobKind, 'parse'>[]
}

/** Installs or updates the queue's tables, its grants and its queues. Safe to run by several at once, and again. */
export async function migrateQueue({ pool, kinds }: MigrateQueueOptions): Promise<void> {
  if (!(await isReady(pool)))
    await alone(pool, async (client) => {
      if (await isReady(client)) return
      await install(client)
      await client.query(grants)
    })
  await declareQueues(await createBoss(queueDb(pool)), kinds)
}

/** The grants come last: where they stand, the installation was not cut off half-way. */
async function isReady(connection: Queryable): Promise<boolean> {
  const version = await queueVersion(connection)
  if (version !== undefined && version > QUEUE_VERSION) throw mismatch(version)
  if (version !== QUEUE_VERSION) return false
  const { rows } = await connection.query<{ granted: boolean }>(
    `SELECT has_table_privilege('hearthkey_app', '${QUEUE_SCHEMA}.job_common', 'INSERT') AS granted`,
  )
  return rows[0]?.granted ?? false
}

/** The engine brings its own tables up to date when it starts; it is stopped before it does anything else. */
async function install(connection: Queryable): Promise<void> {
  const boss = await createBoss(queueDb(connection), { migrate: true, supervise: false, schedule: false })
  const failures: Error[] = []
  boss.on('error', (error) => failures.push(error))
  try {
    await boss.start()
  } finally {
    await boss.stop({ graceful: false })
  }
  for (const failure of failures) throw failure
}

/**
 * One instance at a time. The engine's own lock is not enough: it is taken inside the transaction that creates the
 * schema, where the second instance still believes its memory of a moment ago, that there is none.
 */
async function alone(pool: OwnerPool, work: (client: Queryable) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [INSTALL_LOCK])
    await work(client)
    await client.query('SELECT pg_advisory_unlock($1)', [INSTALL_LOCK])
    client.release()
  } catch (error) {
    // Thrown away, with its lock and whatever transaction it is in.
    client.release(true)
    throw error
  }
}

/** The version that stands in the database, or nothing where there is no queue yet. Changes nothing. */
export async function queueVersion(connection: Queryable): Promise<number | undefined> {
  const installed = await connection.query<{ found: boolean }>(
    `SELECT to_regclass('${QUEUE_SCHEMA}.version') IS NOT NULL AS found`,
  )
  if (!installed.rows[0]?.found) return undefined
  const { rows } = await connection.query<{ version: number }>(`SELECT version FROM ${QUEUE_SCHEMA}.version`)
  return rows[0]?.version
}

/** For a server that starts without migrating: says what to do instead of failing at the first job. */
export async function assertQueueReady(pool: Queryable): Promise<void> {
  const version = await queueVersion(pool)
  if (version !== QUEUE_VERSION) throw mismatch(version)
}

function mismatch(version: number | undefined): AppError {
  if (version === undefined)
    return new AppError('queue-not-migrated', { detail: 'The database holds no queue for background work.' })
  const detail = `The queue in the database has version ${version}; this program works on version ${QUEUE_VERSION}.`
  return new AppError(version > QUEUE_VERSION ? 'database-newer' : 'queue-not-migrated', { detail })
}
