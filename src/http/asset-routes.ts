import { Hono } from 'hono'
import { assets } from '../ui/assets.ts'
import { sendCached } from './cached-bytes.ts'
import type { HttpEnv } from './env.ts'

const forEver = 'public, max-age=31536000, immutable'

/** Served from memory: the files are few, small and known by name, so no path of a stranger ever reaches the disk. */
export function assetRoutes(): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  for (const { href, contentType, body } of assets)
    routes.get(href.replace('/assets', ''), (c) =>
      sendCached(c, {
        body,
        contentType,
        etag: `"${href.split('.').at(-2)}"`,
        cacheControl: forEver,
      }),
    )
  return routes
}
