import type { CompiledQuery, ConnectionProvider, DatabaseConnection, QueryResult } from 'kysely'
import { DatabaseError, type Pool, type PoolClient } from 'pg'
import { NO_CONNECTION } from '../errors/named.ts'
import { asError } from '../lib/as-error.ts'
import { prepared } from './prepared.ts'

const CHANGES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/**
 * One connection as the query builder sees it. What is asked of it is sent at once, behind what it has not yet answered:
 * whoever does not wait between two statements pays for one way to the database (the pool's connections pipeline). The
 * database runs them in that order, each with an answer of its own, so an error inside of a transaction fails all that
 * follows, as it does when they are sent one by one.
 */
export class PooledConnection implements DatabaseConnection {
  readonly #client: PoolClient
  #broken: Error | undefined

  constructor(client: PoolClient) {
    this.#client = client
  }

  async executeQuery<R>({ sql, parameters }: Pick<CompiledQuery, 'sql' | 'parameters'>): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.#heard(this.#client.query(prepared(sql, parameters)))
    return CHANGES.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows: rows ?? [] }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError('rows are read by pages, not by a cursor')
  }

  /** For what has an answer of its own: `BEGIN`, `COMMIT`, `ROLLBACK`. Answers what the database made of it. */
  async command(text: 'BEGIN' | 'COMMIT' | 'ROLLBACK'): Promise<string> {
    return (await this.#client.query(text)).command
  }

  /** Broken ones are not used again. */
  release(broken = this.#broken): void {
    this.#client.release(broken)
  }

  /**
   * What failed, and not in the database: a value that cannot be sent, say. The driver has closed the prepared statement
   * then and goes on believing that it is there, so that every later use of it here would fail.
   */
  async #heard<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      if (!(error instanceof DatabaseError)) this.#broken = asError(error)
      throw error
    }
  }
}

const connections = new WeakMap<PoolClient, PooledConnection>()

export async function connect(pool: Pool): Promise<PooledConnection> {
  const client = await taken(pool)
  const connection = connections.get(client) ?? new PooledConnection(client)
  connections.set(client, connection)
  return connection
}

/** What the pool says, in words alone: all are in use; a new one takes too long. */
const late = /^(timeout exceeded when trying to connect|Connection terminated due to connection timeout)$/

async function taken(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw error instanceof Error && late.test(error.message) ? Object.assign(error, { code: NO_CONNECTION }) : error
  }
}

/** A connection for each statement. */
export const eachFrom = (pool: Pool): ConnectionProvider => ({
  provideConnection: async (work) => {
    const connection = await connect(pool)
    try {
      return await work(connection)
    } finally {
      connection.release()
    }
  },
})
