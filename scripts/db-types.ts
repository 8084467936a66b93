// Generates src/db/schema.gen.ts from a migrated database: one of its own, or the one named by --socket and --database.
// With --verify nothing is written, and the exit code says whether the file is current.
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { withOwnerClient } from '../src/db/database.ts'
import { startEmbedded } from '../src/db/embedded.ts'
import { migrate } from '../src/db/migrations/migrate.ts'
import { systemClock } from '../src/lib/clock.ts'
import { createLog } from '../src/lib/log.ts'

const { values } = parseArgs({
  options: { verify: { type: 'boolean' }, socket: { type: 'string' }, database: { type: 'string' } },
})
const root = join(import.meta.dirname, '..')

function generate(socketDir: string, database: string): number {
  const url = `postgres://hearthkey_owner@localhost/${database}?host=${encodeURIComponent(socketDir)}`
  const args = [
    '--dialect',
    'postgres',
    '--default-schema',
    'public',
    '--include-pattern',
    'public.*',
    '--log-level',
    'error',
  ]
  const codegen = join(root, 'node_modules/kysely-codegen/dist/cli/bin.js')
  const done = spawnSync(
    process.execPath,
    [
      codegen,
      '--url',
      url,
      ...args,
      '--out-file',
      join(root, 'src/db/schema.gen.ts'),
      ...(values.verify ? ['--verify'] : []),
    ],
    { stdio: 'inherit' },
  )
  return done.status ?? 1
}

async function generateFromScratch(): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hearthkey-types-'))
  const log = createLog('warn', process.stderr)
  const server = await startEmbedded({ dataDir, log, settings: { fsync: 'off' } })
  try {
    await withOwnerClient({ kind: 'embedded', socketDir: server.socketDir }, (client) =>
      migrate(client, { clock: systemClock, log }),
    )
    return generate(server.socketDir, 'hearthkey')
  } finally {
    await server.stop()
    await rm(dataDir, { recursive: true })
  }
}

process.exitCode =
  values.socket && values.database ? generate(values.socket, values.database) : await generateFromScratch()
