import { type Context, Hono } from 'hono'
import { sendCached } from '../http/cached-bytes.ts'
import type { HttpEnv } from '../http/env.ts'
import { type Soon, whenThere } from '../lib/soon.ts'

export interface PublishedKeys {
  readonly body: string | Uint8Array<ArrayBuffer>
  /** A strong entity tag, with its quotes. */
  readonly etag: string
}

const FIVE_MINUTES = 300

interface JwksOptions {
  readonly published: () => Soon<PublishedKeys>
  /** Seconds that a resource server may keep the keys: less than the time that a key is published before its first use. */
  readonly maxAge?: number
}

/** RFC 7517 §5: public keys, readable from any page, the same bytes for everybody until the next rotation. */
export const sendKeys = (c: Context<HttpEnv>, { body, etag }: PublishedKeys, maxAge = FIVE_MINUTES): Response =>
  sendCached(c, {
    body,
    etag,
    contentType: 'application/jwk-set+json',
    cacheControl: `public, max-age=${maxAge}`,
    headers: { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' },
  })

export function jwksRoutes({ published, maxAge }: JwksOptions): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  routes.get('/oauth/jwks', (c) => whenThere(published(), (keys) => sendKeys(c, keys, maxAge)))
  return routes
}
