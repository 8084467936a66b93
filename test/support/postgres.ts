import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import type { DatabaseTarget } from '../../src/db/connection.ts'
import { withOwnerClient } from '../../src/db/database.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices } from '../../src/instance/services.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { Log } from '../../src/lib/log.ts'
import { testConfig } from './config.ts'
import { installEventGuard } from './event-guard.ts'
import { captureLog } from './log.ts'
import { STARTED_TEMPLATE, TEMPLATE } from './template.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: {
      readonly socketDir: string
      /** The master key of the started template. */
      readonly keysDir: string
      /** Where `settle` keeps what it copies. */
      readonly settledDir: string
      /** For what one test needs: `test/support/scratch.ts`. */
      readonly scratchDir: string
    }
  }
}

/** Only durability is switched off: the data is thrown away. */
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '200',
  autovacuum: 'off',
}

/** A real PostgreSQL for the whole run, and in it the two databases that tests clone. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'hearthkey-test-'))
  const keysDir = join(home, 'keys')
  const scratchDir = join(home, 'scratch')
  await mkdir(scratchDir)
  const { log } = captureLog()
  const { socketDir, stop } = await startEmbedded({ dataDir: join(home, 'data'), log, settings })
  try {
    await makeTemplates(socketDir, keysDir, log)
  } catch (error) {
    // Without a teardown nobody would end the server.
    await stop()
    throw error
  }
  project.provide('postgres', { socketDir, keysDir, settledDir: join(home, 'settled'), scratchDir })
  return async () => {
    await stop()
    await rm(home, { recursive: true, force: true })
  }
}

async function makeTemplates(socketDir: string, keysDir: string, log: Log): Promise<void> {
  const target: DatabaseTarget = { kind: 'embedded', socketDir }
  await prepareDatabase(target, { clock: systemClock, log })
  await tightenCatalogue(socketDir)
  // It connects anew, and so leaves what the next ones read at their start (`pg_internal.init`) as it is from here on.
  await withOwnerClient(target, (client) => installEventGuard(client))
  await copyTemplate(socketDir)
  const started = { ...target, database: STARTED_TEMPLATE }
  const config = testConfig({ KEYS_DIR: keysDir })
  const actor = { kind: 'system', id: 'test' } as const
  const services = await openServices({ config, target: started, clock: systemClock, log, actor, bootstrap: true })
  await services.close()
}

/** Migrations leave it a tenth larger than it need be, in a tenth more files, which each clone copies and each connection reads. */
async function tightenCatalogue(socketDir: string): Promise<void> {
  const client = new Client({ host: socketDir, user: 'hearthkey_super', database: TEMPLATE })
  await client.connect()
  const tables = await client.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class
      WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared`,
  )
  for (const { name } of tables.rows) await client.query(`VACUUM (FULL, FREEZE) ${name}`)
  await client.end()
}

async function copyTemplate(socketDir: string): Promise<void> {
  const client = new Client({ host: socketDir, user: 'hearthkey_super', database: 'postgres' })
  await client.connect()
  await client.query(`CREATE DATABASE ${STARTED_TEMPLATE} TEMPLATE ${TEMPLATE} OWNER hearthkey_owner`)
  await client.end()
}
