import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Secret } from '../../lib/secret.ts'
import { withForm } from './form.ts'

interface Certificates {
  /** PEM. Without one, the authorities that Node knows. */
  readonly authority?: string
  readonly own?: { readonly certificate: string; readonly key: Secret<string> }
}

/** A PostgreSQL server of the operator, taken apart here: a URL handed on whole would be read a second time by others' rules. */
export interface DatabaseServer {
  /** A name, an address, or the directory of a socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: Secret<string> | undefined
  readonly database: string
  /** `false`: plain text. Otherwise the certificate is verified, always. */
  readonly tls: false | Certificates
}

type Parsed = { readonly server: DatabaseServer } | { readonly reason: string }

const understood = new Set(['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'])
const verifying = new Set(['require', 'verify-ca', 'verify-full'])

class Refused extends Error {}

export function parseDatabaseServer(text: string): Parsed {
  try {
    return { server: parse(text) }
  } catch (error) {
    if (error instanceof Refused) return { reason: error.message }
    throw error
  }
}

/** The reasons quote nothing of the URL but what was checked to be harmless: the rest may be a misplaced password. */
function parse(text: string): DatabaseServer {
  if (!/^postgres(ql)?:\/\//.test(text))
    throw new Refused('expected a URL that begins with postgres:// or postgresql://')
  // A socket's URL names no host (postgres://user@/database?host=/run/postgresql), which URL takes for a broken one.
  const whole = text.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[/?]|$)/, '$1socket.invalid')
  if (!URL.canParse(whole)) throw new Refused(PERCENT)
  const url = new URL(whole)
  if (url.hash) throw new Refused('holds a bare "#": percent-encode it in the password as %23')
  const stranger = [...url.searchParams.keys()].some((key) => !understood.has(key))
  if (stranger) throw new Refused(`has a parameter that is not one of ${[...understood].join(', ')}`)
  const host = hostOf(url)
  const database = decoded(url.pathname.slice(1))
  if (!url.username) throw new Refused('names no login: postgres://login@host/database')
  if (!database) throw new Refused('names no database: postgres://login@host/database')
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user: decoded(url.username),
    password: url.password === '' ? undefined : new Secret(decoded(url.password)),
    database,
    tls: tlsOf(url, host),
  }
}

const PERCENT =
  'is not a URL that can be read: percent-encode the special characters of the password (a % is %25, a / is %2F, a # is %23)'

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Refused(PERCENT)
  }
}

function hostOf(url: URL): string {
  const socket = url.searchParams.get('host')
  if (socket === null && url.hostname === 'socket.invalid')
    throw new Refused('names no host: postgres://login@host/database')
  if (socket === null) return url.hostname.replace(/^\[|\]$/g, '')
  if (url.hostname === 'socket.invalid' && socket.startsWith('/')) return socket
  throw new Refused('has a "host" parameter, which may only name the directory of a socket, with no host before it')
}

const isOnThisMachine = (host: string) =>
  host.startsWith('/') || host === 'localhost' || host === '::1' || host === '127.0.0.1'

/**
 * TLS is verified unless the server is on this machine or the operator writes `sslmode=disable`. The modes that encrypt
 * without verifying, or fall back to plain text (`allow`, `prefer`, `no-verify`), only look safe: whoever sits in
 * between is served too.
 */
function tlsOf({ searchParams }: URL, host: string): DatabaseServer['tls'] {
  const named = ['sslrootcert', 'sslcert', 'sslkey'].some((key) => searchParams.has(key))
  const mode = searchParams.get('sslmode') ?? (isOnThisMachine(host) && !named ? 'disable' : 'verify-full')
  if (mode === 'disable') return false
  if (!verifying.has(mode)) {
    throw new Refused(
      'has an sslmode that does not verify the server: use verify-full, or disable where the network is yours alone',
    )
  }
  const [authority, certificate, key] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) =>
    fileNamed(searchParams, name),
  )
  if ((certificate === undefined) !== (key === undefined)) throw new Refused('needs sslcert and sslkey together')
  return {
    ...(authority !== undefined && { authority }),
    ...(certificate !== undefined && key !== undefined && { own: { certificate, key: new Secret(key) } }),
  }
}

function fileNamed(parameters: URLSearchParams, name: string): string | undefined {
  const path = parameters.get(name)
  if (path === null) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new Refused(`has an ${name} that cannot be read: name a PEM file that this user may read`)
  }
}

export const databaseServer = () =>
  withForm(
    z.string().transform((text, context): DatabaseServer => {
      const parsed = parseDatabaseServer(text)
      if ('server' in parsed) return parsed.server
      context.addIssue(parsed.reason)
      return z.NEVER
    }),
    { says: 'a URL such as postgres://login:password@host/database' },
  )
