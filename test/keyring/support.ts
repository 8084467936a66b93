import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { v7 } from 'uuid'
import { onTestFinished } from 'vitest'
import type { Subscription } from '../../src/db/listener.ts'
import type { Tx } from '../../src/db/types.ts'
import type { KeyringEvent, RecordEvent } from '../../src/keyring/event.ts'
import { type Keyring, type KeyringDeps, openKeyring } from '../../src/keyring/keyring.ts'
import { defineId, type Id } from '../../src/lib/ids.ts'
import { type FrozenClock, frozenClock } from '../support/clock.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type CapturedLog, captureLog } from '../support/log.ts'

export async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'hearthkey-keys-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

export interface CollectedEvents {
  readonly record: RecordEvent
  readonly events: KeyringEvent[]
  actions(): string[]
}

/** Writes a row too: a change without an event cannot commit in the tests' database. */
export function collectEvents(): CollectedEvents {
  const events: KeyringEvent[] = []
  return {
    events,
    actions: () => events.map(({ action }) => action),
    record: async (tx: Tx, event: KeyringEvent) => {
      await sql`INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id)
        VALUES (${v7()}, date_trunc('milliseconds', now()), ${event.action}, 'system', 'test', 'test', ${event.target})`.execute(
        tx,
      )
      events.push(event)
    },
  }
}

/** The listener's interface in the hand of a test: nothing arrives before the test says so. */
export class HandListener {
  connected = true
  readonly #subscriptions: Subscription[] = []

  async subscribe(_channel: string, subscription: Subscription): Promise<void> {
    this.#subscriptions.push(subscription)
  }

  say(payload = ''): void {
    for (const subscription of this.#subscriptions) subscription.onMessage(payload)
  }

  gap(): void {
    for (const subscription of this.#subscriptions) subscription.onGap()
  }
}

export interface KeyringWorld {
  readonly database: TestDatabase
  readonly clock: FrozenClock
  readonly keysDir: string
  readonly log: CapturedLog
  readonly collected: CollectedEvents
  /** Opens the keyring as one more process would. */
  open(differently?: Partial<KeyringDeps>): Promise<Keyring>
}

export async function keyringWorld(): Promise<KeyringWorld> {
  const database = await testDatabase()
  const clock = frozenClock()
  const keysDir = join(await temporaryDirectory(), 'keys')
  const log = captureLog()
  const collected = collectEvents()
  return {
    database,
    clock,
    keysDir,
    log,
    collected,
    open: (differently = {}) =>
      openKeyring({ database, settings: { keysDir }, clock, log: log.log, record: collected.record, ...differently }),
  }
}

export const personId = defineId('usr')
export const newPerson = (): Id<'usr'> => personId.generate()

/** A feature's table, with columns sealed by the instance and by a person. */
export async function createNotes(database: TestDatabase): Promise<void> {
  await sql`
    CREATE TABLE notes (id uuid PRIMARY KEY, body bytea, personal bytea);
    COMMENT ON TABLE notes IS 'A feature of the tests. rls: none because it is a test; events: none because it is a test';
    GRANT SELECT, INSERT, UPDATE ON notes TO hearthkey_app;
    SELECT register_sealed_column('notes', 'body', 'id', 'instance');
    SELECT register_sealed_column('notes', 'personal', 'id', 'person')`.execute(database.owner)
}

export const noteBody = (row: string) => ({ table: 'notes', column: 'body', row })
export const notePersonal = (row: string) => ({ table: 'notes', column: 'personal', row })
