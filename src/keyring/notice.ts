import { sql } from 'kysely'
import type { Tx } from '../db/types.ts'

export const SIGNING_KEYS_CHANNEL = 'hearthkey_keys'
export const DATA_KEYS_CHANNEL = 'hearthkey_data_keys'
/** The payload on the data keys' channel when the instance's own keys changed; any other payload is a person's uuid. */
export const INSTANCE_KEYS = 'instance'

/** Sent by PostgreSQL when the transaction commits, and never when it rolls back. */
export const notify = async (tx: Tx, channel: string, payload = ''): Promise<void> => {
  await sql`SELECT pg_notify(${channel}, ${payload})`.execute(tx)
}
