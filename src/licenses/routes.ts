import { Hono } from 'hono'
import { AppError } from '../errors/app-error.ts'
import { sendCached } from '../http/cached-bytes.ts'
import type { HttpEnv } from '../http/env.ts'
import { sha256 } from '../lib/hash.ts'
import type { PinnedKeys } from './vendor-keys.ts'

/**
 * For whoever builds a service and wants the vendor's public keys in a file. No service trusts a licence by asking this
 * address when it starts: it would believe whoever answers there.
 */
export function licenseKeysRoutes(keys: () => Promise<PinnedKeys>): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  routes.get('/.well-known/license-jwks.json', async (c) => {
    const { keys: pinned } = await keys()
    if (pinned.size === 0) throw new AppError('not-found')
    const body = JSON.stringify({ keys: [...pinned.values()].map(({ publicJwk }) => publicJwk) })
    return sendCached(c, {
      body,
      etag: `"${sha256(body).toString('base64url').slice(0, 22)}"`,
      contentType: 'application/jwk-set+json',
      cacheControl: 'public, max-age=3600',
      headers: { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' },
    })
  })
  return routes
}
