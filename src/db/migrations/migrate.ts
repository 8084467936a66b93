import type { Client, ClientBase } from 'pg'
import { AppError } from '../../errors/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { type MigrationFile, readMigrations } from './files.ts'
import { type AppliedMigration, type MigrationPlan, planMigrations } from './plan.ts'

/** Any constant does, as long as no other advisory lock of ours has it. */
const MIGRATION_LOCK = 4_852_711_001

interface MigrateOptions {
  readonly clock: Clock
  readonly log: Log
  /** Run everything, then roll back: shows that it would apply. */
  readonly dryRun?: boolean
  readonly files?: readonly MigrationFile[]
}

export async function migrationStatus(client: ClientBase, files?: readonly MigrationFile[]): Promise<MigrationPlan> {
  return planMigrations(files ?? (await readMigrations()), await readApplied(client))
}

/** Applies what is pending, each migration in a transaction of its own; one instance at a time, the others wait and find nothing to do. */
export async function migrate(client: Client, options: MigrateOptions): Promise<MigrationPlan> {
  const files = options.files ?? (await readMigrations())
  await client.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`)
  try {
    const plan = planMigrations(files, await readApplied(client))
    if (options.dryRun) await rehearse(client, plan.pending, options.clock)
    else {
      for (const file of plan.pending) {
        await inTransaction(client, () => apply(client, file, options.clock))
        options.log.info({ migration: file.name }, 'migration applied')
      }
    }
    return plan
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`)
  }
}

async function readApplied(client: ClientBase): Promise<AppliedMigration[]> {
  const { rows } = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('public.schema_migrations') IS NOT NULL AS exists`,
  )
  if (!rows[0]?.exists) return []
  const applied = await client.query<AppliedMigration>(
    'SELECT version, name, checksum, applied_at FROM schema_migrations ORDER BY version',
  )
  return applied.rows
}

const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL
)`

async function apply(client: ClientBase, file: MigrationFile, clock: Clock): Promise<void> {
  await client.query(CREATE_LEDGER)
  try {
    await client.query(file.sql)
  } catch (cause) {
    throw new AppError('migration-failed', {
      detail: `migrations/${file.name} did not apply: ${reasonOf(cause)}`,
      cause,
    })
  }
  await client.query('INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)', [
    file.version,
    file.name,
    file.checksum,
    clock.now(),
  ])
}

async function inTransaction(client: ClientBase, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN')
  try {
    await work()
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

async function rehearse(client: ClientBase, pending: readonly MigrationFile[], clock: Clock): Promise<void> {
  await client.query('BEGIN')
  try {
    for (const file of pending) await apply(client, file, clock)
  } finally {
    await client.query('ROLLBACK')
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
