import { type ConnectionOptions, checkServerIdentity } from 'node:tls'
import type { PoolConfig } from 'pg'
import type { Secret } from '../lib/secret.ts'
import { SOCKET_PORT } from './embedded/layout.ts'
import { type APP, DATABASE, OWNER } from './embedded/roles.ts'

/** Where the operator's server is and how it is spoken to; the configuration takes it from a URL. */
export interface ServerAddress {
  /** A name, an address, or the directory of a socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: Secret<string> | undefined
  readonly database: string
  readonly tls:
    | false
    | { readonly authority?: string; readonly own?: { readonly certificate: string; readonly key: Secret<string> } }
}

/** Where the database is: our own child behind its socket, or a server that the operator runs. */
export type DatabaseTarget =
  | { readonly kind: 'embedded'; readonly socketDir: string; readonly database?: string }
  | { readonly kind: 'server'; readonly serving: ServerAddress; readonly owning: ServerAddress | undefined }

export type DatabaseRole = typeof OWNER | typeof APP

/** Our tables before temporary ones: a stranger's `events` in pg_temp must not take the place of ours. */
const SEARCH_PATH = 'public,pg_temp'

/**
 * The role is set in the start-up packet, not by a statement after connecting: there is no moment in which a pooled
 * connection has the powers of the login, and RESET ROLE falls back to the same role. Every field is given, because
 * pg takes a missing one from PGPORT and its like in the operator's environment.
 */
export function connectionOptions(target: DatabaseTarget, role: DatabaseRole): PoolConfig {
  const options = `-c role=${role} -c search_path=${SEARCH_PATH}`
  if (target.kind === 'server')
    return { ...addressed(role === OWNER ? owningAddress(target) : target.serving), options }
  const { socketDir, database = DATABASE } = target
  return { ...common, host: socketDir, port: SOCKET_PORT, ssl: false, user: role, database, options }
}

/** As the login itself, with nothing on the search path that a stranger can write to: it may be a powerful one. */
export const loginOptions = (target: DatabaseTarget & { kind: 'server' }): PoolConfig => ({
  ...addressed(owningAddress(target)),
  options: '-c search_path=pg_catalog',
})

export const owningAddress = ({ owning, serving }: DatabaseTarget & { kind: 'server' }): ServerAddress =>
  owning ?? serving

const common = { application_name: 'hearthkey', connectionTimeoutMillis: 1500 } as const

function addressed({ host, port, user, password, database, tls }: ServerAddress): PoolConfig {
  const address = { ...common, host, port, user, database, ssl: tls && verified(host, tls) }
  return password ? { ...address, password: password.reveal() } : address
}

/** The name that is checked is the one that was asked for, also where it is an address. */
const verified = (host: string, { authority, own }: Exclude<ServerAddress['tls'], false>): ConnectionOptions => ({
  rejectUnauthorized: true,
  checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  ...(authority !== undefined && { ca: authority }),
  ...(own && { cert: own.certificate, key: own.key.reveal() }),
})
