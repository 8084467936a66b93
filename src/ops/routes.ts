import { Hono } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import type { Readiness } from './readiness.ts'

/**
 * `/healthz`: the process answers, restart it if not. `/readyz`: it can serve, send it no traffic if not. A database that
 * is away is no reason to restart the process, so only the second looks at it.
 */
export function opsRoutes(readiness: Readiness): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  routes.get('/healthz', (c) => c.json({ status: 'ok' }))
  routes.get('/readyz', async (c) => {
    const { ready, checks } = await readiness.report()
    return c.json({ status: ready ? 'ready' : 'not-ready', checks }, ready ? 200 : 503)
  })
  return routes
}
