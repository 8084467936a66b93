import { AppError } from '../../errors/app-error.ts'
import type { MigrationFile } from './files.ts'

export interface AppliedMigration {
  readonly version: number
  readonly name: string
  readonly checksum: string
  readonly applied_at: Date
}

export interface MigrationPlan {
  readonly applied: readonly AppliedMigration[]
  readonly pending: readonly MigrationFile[]
}

/** What is left to do, or the reason why this program must not touch this database. */
export function planMigrations(files: readonly MigrationFile[], applied: readonly AppliedMigration[]): MigrationPlan {
  const known = new Map(files.map((file) => [file.version, file]))
  for (const row of applied) {
    const file = known.get(row.version)
    if (!file) {
      throw new AppError('database-newer', {
        detail: `The database has migration ${row.name}, which this program does not know.`,
      })
    }
    if (file.checksum !== row.checksum) {
      throw new AppError('migration-changed', {
        detail: `migrations/${file.name} is not what was applied on ${row.applied_at.toISOString()} as ${row.name}.`,
      })
    }
  }
  const done = new Set(applied.map((row) => row.version))
  return { applied, pending: files.filter((file) => !done.has(file.version)) }
}
