import { Kysely, PostgresDialect } from 'kysely'
import type { Pool } from 'pg'
import { OpenTransaction } from './open-transaction.ts'
import { connect } from './pooled-connection.ts'
import type { DB } from './schema.gen.ts'
import { SharingExecutor } from './sharing-executor.ts'
import type { Db } from './types.ts'

type Begin = () => Promise<OpenTransaction>

const beginnings = new WeakMap<Db, Begin>()

/** The query builder over our own connections, which pipeline. */
export function pooledDb(pool: Pool): Db {
  const dialect = new PostgresDialect({ pool })
  const props = { config: { dialect }, driver: dialect.createDriver(), dialect, executor: new SharingExecutor(pool) }
  const db = new Kysely<DB>(props)
  beginnings.set(db, async () => new OpenTransaction(await connect(pool), props))
  return db
}

export function begin(db: Db): Promise<OpenTransaction> {
  const beginning = beginnings.get(db)
  if (!beginning) throw new TypeError('a transaction begins on a pool')
  return beginning()
}
