import type { Kysely, Transaction } from 'kysely'
import type { DB } from './schema.gen.ts'

/** A pool. What must be atomic takes a `Tx` instead, so it cannot be called without one. */
export type Db = Kysely<DB>
export type Tx = Transaction<DB>
