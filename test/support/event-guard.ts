import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { ClientBase } from 'pg'
import type { Tx } from '../../src/db/types.ts'

/** Once, into the migrated template, as hearthkey_owner: every clone has it. */
export async function installEventGuard(owner: Pick<ClientBase, 'query'>): Promise<void> {
  await owner.query(await readFile(new URL('event-guard.sql', import.meta.url), 'utf8'))
}

/** For a test that puts rows there by itself: what is arranged is not a change that the product made. */
export async function arranging(tx: Tx): Promise<void> {
  await sql`SELECT set_config('hearthkey.test_arranges', 'yes', true)`.execute(tx)
}
