import { join } from 'node:path'

/** PostgreSQL names its socket after a port, though nothing listens on TCP. */
export const SOCKET_PORT = 5432

export interface Layout {
  readonly dataDir: string
  /** The cluster, and in it the socket: one directory of mode 0700 that belongs to the account PostgreSQL runs as. */
  readonly cluster: string
  readonly unfinished: string
  readonly socket: string
  readonly serverLock: string
  readonly postmasterLock: string
  /** Held together by the commands that use the database. */
  readonly guestsLock: string
  readonly log: string
}

export const layoutOf = (dataDir: string): Layout => {
  const cluster = join(dataDir, 'postgres')
  return {
    dataDir,
    cluster,
    unfinished: join(dataDir, 'postgres.new'),
    socket: join(cluster, `.s.PGSQL.${SOCKET_PORT}`),
    serverLock: join(dataDir, 'server.lock'),
    postmasterLock: join(dataDir, 'postmaster.lock'),
    guestsLock: join(dataDir, 'guests.lock'),
    log: join(dataDir, 'postgres.log'),
  }
}
