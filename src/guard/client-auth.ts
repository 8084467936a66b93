import { Hono, type MiddlewareHandler } from 'hono'
import { limiterKey } from '../http/address/ip.ts'
import type { HttpEnv } from '../http/env.ts'
import { wasGuess } from '../http/limits/guessed.ts'
import { limited } from '../http/limits/limited.ts'
import type { Clock } from '../lib/clock.ts'
import { behindAnswer } from './behind-answer.ts'
import type { Limits } from './limits/service.ts'

const paths = [
  '/oauth/token',
  '/oauth/introspect',
  '/oauth/revoke',
  '/oauth/par',
  '/oauth/device_authorization',
  '/oauth/register',
]

/** RFC 6749 §5.2: a client that could not prove who it is. */
const FAILED = 401

const WATCHED_MS = 15 * 60_000
const MOST_WATCHED = 10_000

interface ClientAuthDeps {
  readonly limits: Limits
  readonly clock: Clock
}

/**
 * Counts clients that give a wrong secret, and whoever shows an API key that is none. Programs ask here all day long and are right, so an address is asked of the
 * counters only after something from it was wrong, in this process: what is right costs nothing. Many at once from a new
 * address are all judged, and counted then; secrets are 256 random bits, so this is against the load, not the luck.
 */
export function clientAuthLimit({ limits, clock }: ClientAuthDeps): Hono<HttpEnv> {
  const watched = new Map<string, number>()
  const watch = (key: string) => {
    const [oldest] = watched.size >= MOST_WATCHED ? watched.keys() : []
    if (oldest !== undefined) watched.delete(oldest)
    watched.delete(key)
    watched.set(key, clock.now().getTime() + WATCHED_MS)
  }
  // To read an address takes longer than all else here: mostly nobody is watched, and then none is read.
  const isWatched = (ip: string) => watched.size > 0 && (watched.get(limiterKey(ip)) ?? 0) > clock.now().getTime()
  const gate: MiddlewareHandler<HttpEnv> = async (c, next) => {
    const ip = c.env.exchange.clientIp
    const verdict = isWatched(ip) ? await limits.take('clientAuth', { ip }) : undefined
    if (verdict && !verdict.ok) limited(c, verdict)
    await next()
    const hasFailed = c.env.outgoing?.statusCode === FAILED || wasGuess(c.env.exchange)
    if (hasFailed) watch(limiterKey(ip))
    await behindAnswer(c, async () => {
      if (hasFailed && !verdict) await limits.take('clientAuth', { ip })
      if (!hasFailed) await verdict?.succeeded()
    })
  }
  const routes = new Hono<HttpEnv>()
  for (const path of paths) routes.post(path, gate)
  return routes
}
