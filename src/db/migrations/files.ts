import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../../lib/hash.ts'
import { programRoot } from '../../lib/program.ts'

export interface MigrationFile {
  readonly version: number
  readonly name: string
  /** The comment on top: why this migration exists. */
  readonly reason: string
  readonly checksum: string
  readonly sql: string
}

export const migrationsDir = join(programRoot, 'migrations')

export async function readMigrations(dir = migrationsDir): Promise<MigrationFile[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => parseMigration(name, index + 1, await readFile(join(dir, name), 'utf8'))),
  )
}

function parseMigration(name: string, expected: number, sql: string): MigrationFile {
  const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1])
  if (version !== expected) throw new Error(`migrations/${name}: expected number ${String(expected).padStart(4, '0')}`)
  const reason = /^-- Reason: (.+(?:\n-- .+)*)/.exec(sql)?.[1]?.replaceAll('\n-- ', ' ')
  if (!reason) throw new Error(`migrations/${name}: must open with "-- Reason: …"`)
  // Line endings are the checkout's business (git on Windows), not a change of the migration.
  return { version, name, reason, checksum: sha256(sql.replaceAll('\r\n', '\n')).toString('hex'), sql }
}
