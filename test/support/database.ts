import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject, onTestFinished } from 'vitest'
import type { DatabaseTarget } from '../../src/db/connection.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { PATIENT_MS } from './config.ts'
import { captureLog } from './log.ts'
import { TEMPLATE } from './template.ts'

export interface TestDatabase extends Database {
  readonly name: string
  readonly target: DatabaseTarget
  /** A connection with all powers, to look at what the product cannot see. */
  superuser(): Promise<Client>
}

/** A database of its own, cloned from the migrated template: a file copy of tens of milliseconds. */
export async function createTestDatabase({ template = TEMPLATE } = {}): Promise<TestDatabase> {
  const { socketDir } = inject('postgres')
  const name = `test_${randomBytes(6).toString('hex')}`
  await asSuperuser(socketDir, `CREATE DATABASE ${name} TEMPLATE ${template} OWNER hearthkey_owner STRATEGY file_copy`)
  const target: DatabaseTarget = { kind: 'embedded', socketDir, database: name }
  const database = openDatabase({ target, poolSize: 10, connectionWait: PATIENT_MS, log: captureLog().log })
  const extra: Client[] = []
  return {
    ...database,
    name,
    target,
    superuser: async () => {
      const client = new Client({ host: socketDir, user: 'hearthkey_super', database: name })
      await client.connect()
      extra.push(client)
      return client
    },
    close: async () => {
      await Promise.all([database.close(), ...extra.map((client) => client.end())])
      await dropLater(socketDir, name)
    },
  }
}

/** For a test that wants the database gone with it. */
export async function testDatabase(options?: { template: string }): Promise<TestDatabase> {
  const database = await createTestDatabase(options)
  onTestFinished(() => database.close())
  return database
}

const closed: string[] = []

/**
 * Once its connections have ended, which the server notices some milliseconds behind us: until then it sleeps for 100 ms
 * before it looks again, and that was a third of the time of a test. The last few go with the run.
 */
async function dropLater(socketDir: string, name: string): Promise<void> {
  closed.push(name)
  if (closed.length > 3) await asSuperuser(socketDir, `DROP DATABASE ${closed.shift()} WITH (FORCE)`)
}

let connection: Promise<Client> | undefined

/** One connection for all files of a worker, and gone with it: to connect for each statement cost a third of what a clone costs. */
async function asSuperuser(socketDir: string, statement: string): Promise<void> {
  connection ??= new Client({ host: socketDir, user: 'hearthkey_super', database: 'postgres' }).connect()
  await (await connection).query(statement)
}
