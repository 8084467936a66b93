import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import type { PoolConfig } from 'pg'
import { AppError } from '../errors/app-error.ts'
import type { Secret } from '../lib/secret.ts'
import { SOCKET_PORT } from './embedded/layout.ts'
import { DATABASE } from './embedded/roles.ts'

/** Where the database is: our own child behind its socket, or a server that the operator runs. */
export type DatabaseTarget =
  | { readonly kind: 'embedded'; readonly socketDir: string; readonly database?: string }
  | { readonly kind: 'server'; readonly url: Secret<string>; readonly migrationUrl: Secret<string> | undefined }

export type DatabaseRole = 'hearthkey_owner' | 'hearthkey_app'

/**
 * The role is set in the start-up packet, not by a statement after connecting: there is no moment in which a pooled
 * connection has the powers of the login, and RESET ROLE falls back to the same role.
 */
export function connectionOptions(target: DatabaseTarget, role: DatabaseRole): PoolConfig {
  const common = { application_name: 'hearthkey', options: `-c role=${role}`, connectionTimeoutMillis: 1500 } as const
  if (target.kind === 'embedded')
    return {
      ...common,
      host: target.socketDir,
      port: SOCKET_PORT,
      ssl: false,
      user: role,
      database: target.database ?? DATABASE,
    }
  const url = role === 'hearthkey_owner' ? (target.migrationUrl ?? target.url) : target.url
  return { ...common, ...fromUrl(url.reveal()) }
}

export const loginOf = (url: string): string => decodeURIComponent(new URL(url).username)

const isLocal = (host: string) => host === '' || host === 'localhost' || host === '127.0.0.1' || host === '[::1]'

/**
 * TLS is verified unless the server is on this host or the operator writes `sslmode=disable`. The modes that encrypt without verifying, or fall
 * back to plain text (`allow`, `prefer`, `no-verify`), only look safe: whoever sits in between is served too.
 */
function fromUrl(text: string): PoolConfig {
  const url = new URL(text)
  const rootCertificate = url.searchParams.get('sslrootcert')
  const needsNone = isLocal(url.hostname) && rootCertificate === null
  const mode = url.searchParams.get('sslmode') ?? (needsNone ? 'disable' : 'verify-full')
  for (const key of ['sslmode', 'sslrootcert']) url.searchParams.delete(key)
  return { connectionString: url.toString(), ssl: tlsFor(mode, rootCertificate) }
}

function tlsFor(mode: string, rootCertificate: string | null): false | ConnectionOptions {
  if (mode === 'disable') return false
  if (!['require', 'verify-ca', 'verify-full'].includes(mode)) {
    throw new AppError('config-invalid', {
      detail: `DATABASE_URL: sslmode=${mode} does not verify the server's certificate`,
      cure: 'Use sslmode=verify-full (the default), with sslrootcert=/path/ca.pem for a private authority.',
    })
  }
  return rootCertificate
    ? { rejectUnauthorized: true, ca: readCertificate(rootCertificate) }
    : { rejectUnauthorized: true }
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new AppError('config-invalid', { detail: `DATABASE_URL: sslrootcert cannot be read from ${path}`, cause })
  }
}
