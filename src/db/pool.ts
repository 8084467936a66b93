import { Pool } from 'pg'
import type { Log } from '../lib/log.ts'
import { BatchingSocket } from './batching-socket.ts'
import { connectionOptions, type DatabaseRole, type DatabaseTarget } from './connection.ts'

interface PoolOptions {
  readonly max: number
  /** How long somebody waits for a connection, where it is not as short as to connect. */
  readonly patienceMs?: number | undefined
  readonly log: Log
}

export function createPool(target: DatabaseTarget, role: DatabaseRole, { max, patienceMs, log }: PoolOptions): Pool {
  const pool = new Pool({
    ...connectionOptions(target, role),
    ...(patienceMs !== undefined && { connectionTimeoutMillis: patienceMs }),
    max,
    pipeline: true,
    stream: () => new BatchingSocket(),
    // Longer than the looks of idle background work, which would otherwise connect anew each time.
    idleTimeoutMillis: 120_000,
    // A forgotten transaction would hold its locks and its snapshot for ever.
    idle_in_transaction_session_timeout: 30_000,
  })
  // An idle connection that breaks (the server restarted) is replaced by the pool; unheard, the event would end the process.
  pool.on('error', (error) => {
    if (!pool.ending) log.warn({ err: error }, 'an idle database connection was lost')
  })
  // The pool listens to idle connections alone: one that dies while it is used would end the process. Its query fails.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
