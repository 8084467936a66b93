import { type CompiledQuery, DefaultQueryExecutor, PostgresDialect, type QueryResult } from 'kysely'
import type { Pool } from 'pg'
import { isPlainRead } from './plain-read.ts'
import { connect, eachFrom, type PooledConnection } from './pooled-connection.ts'

interface Shared {
  readonly connection: Promise<PooledConnection>
  users: number
}

/**
 * Plain reads outside of a transaction that are asked for in the same breath, nobody waiting between them, take one
 * connection and travel together. They may be those of strangers: what can wait for a lock has a connection of its own, or
 * everybody behind it would wait, and whoever holds that lock for a read behind it would wait for ever, which the database
 * cannot see. Whoever asks for a connection itself has it alone.
 */
export class SharingExecutor extends DefaultQueryExecutor {
  readonly #pool: Pool
  #joining: Shared | undefined

  constructor(pool: Pool) {
    const dialect = new PostgresDialect({ pool })
    super(dialect.createQueryCompiler(), dialect.createAdapter(), eachFrom(pool))
    this.#pool = pool
  }

  override async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (!isPlainRead(query)) return super.executeQuery<R>(query)
    const shared = this.#join()
    shared.users += 1
    const connection = await shared.connection
    try {
      return await connection.executeQuery<R>(query)
    } finally {
      shared.users -= 1
      if (shared.users === 0) {
        // One that failed before it was sent may be the last while others could still join.
        if (this.#joining === shared) this.#joining = undefined
        connection.release()
      }
    }
  }

  #join(): Shared {
    if (this.#joining) return this.#joining
    const shared = { connection: connect(this.#pool), users: 0 }
    this.#joining = shared
    // When all that goes on without waiting for an answer has gone on: promises first, then this.
    queueMicrotask(() =>
      process.nextTick(() => {
        if (this.#joining === shared) this.#joining = undefined
      }),
    )
    return shared
  }
}
