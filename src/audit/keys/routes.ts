import { Hono } from 'hono'
import { sendCached } from '../../http/cached-bytes.ts'
import type { HttpEnv } from '../../http/env.ts'
import type { Clock } from '../../lib/clock.ts'
import { sha256 } from '../../lib/hash.ts'
import type { PublicAuditKey } from './audit-key.ts'

const KEPT_MS = 10_000

/**
 * For whoever verifies heads of the log. Who asks here each time believes whoever answers here: an auditor keeps the first
 * key apart, and follows the endorsements from it.
 */
export function auditKeysRoutes(keys: () => Promise<readonly PublicAuditKey[]>, clock: Clock): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  let kept: { readonly body: string; readonly until: number } | undefined
  /** Anybody may ask, as often as they like. */
  const published = async (): Promise<string> => {
    const now = clock.now().getTime()
    if (kept && now < kept.until && kept.until - now <= KEPT_MS) return kept.body
    const body = bodyOf(await keys())
    kept = { body, until: now + KEPT_MS }
    return body
  }
  routes.get('/.well-known/audit-jwks.json', async (c) => {
    const body = await published()
    return sendCached(c, {
      body,
      etag: `"${sha256(body).toString('base64url').slice(0, 22)}"`,
      contentType: 'application/jwk-set+json',
      cacheControl: 'public, max-age=300',
      headers: { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' },
    })
  })
  return routes
}

const bodyOf = (keys: readonly PublicAuditKey[]): string =>
  JSON.stringify({
    keys: keys.map(({ jwk, endorsement }) => ({ ...jwk, ...(endorsement !== null && { endorsement }) })),
  })
