import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { withOwnerClient } from '../../src/db/database.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { captureLog } from './log.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { socketDir: string }
  }
}

/** A real PostgreSQL for the whole run. Only durability is switched off: its data is thrown away. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hearthkey-test-'))
  const { log } = captureLog()
  const server = await startEmbedded({
    dataDir,
    log,
    settings: {
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      max_connections: '200',
      autovacuum: 'off',
    },
  })
  const target = { kind: 'embedded', socketDir: server.socketDir } as const
  await withOwnerClient(target, (client) => migrate(client, { clock: systemClock, log }))
  project.provide('postgres', { socketDir: server.socketDir })
  return async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
