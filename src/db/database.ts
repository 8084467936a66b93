import { Client, type Pool } from 'pg'
import type { Log } from '../lib/log.ts'
import { connectionOptions, type DatabaseTarget, loginOptions, owningAddress } from './connection.ts'
import { connectionFailure } from './failure.ts'
import { createListener, type Listener } from './listener.ts'
import { createPool } from './pool.ts'
import { pooledDb } from './pooled-db.ts'
import { ensureServerRoles } from './server/roles.ts'
import type { Db } from './types.ts'

/** The two ways in: `app` serves requests under row security, `owner` migrates and runs instance-wide jobs. */
export interface Database {
  readonly app: Db
  readonly owner: Db
  readonly ownerPool: Pool
  listen(): Promise<Listener>
  close(): Promise<void>
}

interface OpenOptions {
  readonly target: DatabaseTarget
  readonly poolSize: number
  /** How long a request waits for a connection, where an operator has said it. */
  readonly connectionWait?: number
  readonly log: Log
}

/** Jobs and migrations are few and patient; a small pool leaves the server's connections to requests. */
const OWNER_POOL_SIZE = 3
/**
 * At a start every kind of job looks for work at once. On a busy machine the last of them had not had its turn when a request
 * gives up, and the start ended by it.
 */
const OWNER_PATIENCE_MS = 15_000

export function openDatabase({ target, poolSize, connectionWait, log }: OpenOptions): Database {
  const appPool = createPool(target, 'hearthkey_app', { max: poolSize, patienceMs: connectionWait, log })
  const patienceMs = Math.max(OWNER_PATIENCE_MS, connectionWait ?? 0)
  const ownerPool = createPool(target, 'hearthkey_owner', { max: OWNER_POOL_SIZE, patienceMs, log })
  return {
    app: pooledDb(appPool),
    owner: pooledDb(ownerPool),
    ownerPool,
    listen: () => createListener(connectionOptions(target, 'hearthkey_app'), log),
    close: async () => {
      await Promise.all([appPool.end(), ownerPool.end()])
    },
  }
}

/** One owner connection for migrations: outside the pools, because it holds a session lock. */
export async function withOwnerClient<T>(target: DatabaseTarget, work: (client: Client) => Promise<T>): Promise<T> {
  try {
    return await withClient(new Client(connectionOptions(target, 'hearthkey_owner')), work)
  } catch (error) {
    throw connectionFailure(error)
  }
}

/** For whoever is about to migrate; one who only looks leaves the operator's server as it is. */
export async function prepareRoles(target: DatabaseTarget): Promise<void> {
  if (target.kind === 'embedded') return
  const logins = { owning: owningAddress(target).user, serving: target.serving.user }
  try {
    await withClient(new Client(loginOptions(target)), (client) => ensureServerRoles(client, logins))
  } catch (error) {
    throw connectionFailure(error)
  }
}

async function withClient<T>(client: Client, work: (client: Client) => Promise<T>): Promise<T> {
  // A connection that dies also says so aside from its query, which fails and is heard.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
