import { sql } from 'kysely'
import type { Config } from './config/config.ts'
import { createHttp, type Http } from './http/create-http.ts'
import type { Services } from './instance/services.ts'
import type { Clock } from './lib/clock.ts'
import type { Log } from './lib/log.ts'
import { jwksRoutes } from './oidc/jwks.ts'
import { createReadiness, type Readiness, type ReadinessCheck } from './ops/readiness.ts'
import { opsRoutes } from './ops/routes.ts'

export interface AppParts {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
  readonly log: Log
}

export interface App {
  readonly http: Http
  readonly readiness: Readiness
}

/** Authenticated by the client or a bearer token at every request, never by a cookie: no origin to check. */
const programmatic = ['/oauth/token', '/oauth/introspect', '/oauth/revoke', '/oauth/par', '/oauth/register', '/api/*']

/** The one assembly: every feature wired, every route mounted. */
export function createApp({ config, services, clock, log }: AppParts): App {
  const { issuerUrl, trustedProxies, bodyLimit } = config.server
  const http = createHttp({ issuerUrl, trustedProxies, bodyLimit, programmatic, log })
  const readiness = createReadiness({ checks: [databaseCheck(services)], clock, log })
  http.app.route('/', opsRoutes(readiness))
  http.app.route('/', jwksRoutes({ published: async () => (await services.signing.current.fresh()).jwks }))
  return { http, readiness }
}

const databaseCheck = ({ database }: Services): ReadinessCheck => ({
  name: 'database',
  check: async () => {
    await sql`SELECT 1`.execute(database.app)
  },
})
