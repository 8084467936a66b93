import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../http/env.ts'
import { readJson } from '../http/input/read.ts'
import { limited } from '../http/limits/limited.ts'
import type { LimitVerdict } from '../http/limits/quota.ts'
import type { Leak } from './leak.ts'

const text = z.string().max(2000)
const own = z.object({ key: text, url: text.optional() })
/** As the secret scanning of GitHub sends them to whoever issued what it found. */
const scanned = z.object({ token: text, url: text.nullish() })
/** A scanner that found more sends more. */
const MOST = 100
const report = z.union([own.transform((leak): Leak[] => [leak]), z.array(scanned).max(MOST).transform(leaksOf)])

function leaksOf(found: readonly z.output<typeof scanned>[]): Leak[] {
  return found.map(({ token, url }) => ({ key: token, ...(url && { url }) }))
}

interface LeakRoutesDeps<By> {
  readonly reportLeak: (by: By, leak: Leak) => Promise<boolean>
  readonly limit: (from: { readonly ip: string }) => Promise<LimitVerdict>
  readonly strangerAt: (exchange: HttpEnv['Bindings']['exchange']) => By
}

/**
 * Nobody proves who they are: whoever holds a key could do worse with it. The answer is the same whether it was one of
 * ours, so that nobody can ask which keys there are without ending them.
 */
export function leakRoutes<By>({ reportLeak, limit, strangerAt }: LeakRoutesDeps<By>): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  routes.post('/api/v1/leak-reports', async (c: Context<HttpEnv>) => {
    const { exchange } = c.env
    limited(c, await limit({ ip: exchange.clientIp }))
    const leaks = await readJson(c, report)
    let ours = 0
    for (const leak of leaks) if (await reportLeak(strangerAt(exchange), leak)) ours += 1
    if (ours > 0) exchange.log.warn({ revoked: ours }, 'API keys that were reported as leaked are revoked')
    return c.json({ accepted: true }, 202)
  })
  return routes
}
