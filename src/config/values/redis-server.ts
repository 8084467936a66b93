import { z } from 'zod'
import { Secret } from '../../lib/secret.ts'
import { withForm } from './form.ts'

/** A Redis or Valkey of the operator, taken apart here: a URL handed on whole would be read a second time by others' rules. */
export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly password: Secret<string> | undefined
  readonly database: number
  /** Verified, where it is used at all. */
  readonly tls: boolean
}

type Parsed = { readonly server: RedisServer } | { readonly reason: string }

const PERCENT =
  'is not a URL that can be read: percent-encode the special characters of the password (a % is %25, a / is %2F, a # is %23)'

/** The reasons quote nothing of the URL: it may hold a password in the wrong place. */
function parseRedisServer(text: string): Parsed {
  if (!/^rediss?:\/\//.test(text)) return { reason: 'expected a URL that begins with redis:// or rediss:// (TLS)' }
  if (!URL.canParse(text)) return { reason: PERCENT }
  const url = new URL(text)
  if (url.hash || url.search) return { reason: 'has a ? or #: a bare one in the password is written %3F or %23' }
  const [user, password] = [decoded(url.username), decoded(url.password)]
  if (user === undefined || password === undefined) return { reason: PERCENT }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === '') return { reason: 'names no host: redis://login:password@host:6379/0' }
  const [, database] = /^\/(\d{1,4})?$/.exec(url.pathname || '/') ?? [undefined, null]
  if (database === null) return { reason: 'has something else than the number of a database behind the host' }
  return {
    server: {
      host,
      port: url.port === '' ? 6379 : Number(url.port),
      user: user === '' ? undefined : user,
      password: password === '' ? undefined : new Secret(password),
      database: Number(database ?? 0),
      tls: url.protocol === 'rediss:',
    },
  }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

export const redisServer = () =>
  withForm(
    z.string().transform((text, context): RedisServer => {
      const parsed = parseRedisServer(text)
      if ('server' in parsed) return parsed.server
      context.addIssue(parsed.reason)
      return z.NEVER
    }),
    { says: 'a URL such as rediss://login:password@host:6379/0' },
  )
