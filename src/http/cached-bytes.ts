import type { Context } from 'hono'
import type { HttpEnv } from './env.ts'

interface CachedBytes {
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly contentType: string
  /** A strong entity tag, with its quotes. */
  readonly etag: string
  readonly cacheControl: string
  readonly headers?: Readonly<Record<string, string>>
}

const matches = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch === '*' || ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))

/** A public answer that is the same for everybody, sent as bytes made before, or as 304 to who has them. */
export function sendCached(c: Context<HttpEnv>, bytes: CachedBytes): Response {
  const headers = {
    ETag: bytes.etag,
    'Cache-Control': bytes.cacheControl,
    ...bytes.headers,
  }
  if (matches(c.env.exchange.header('if-none-match'), bytes.etag)) return new Response(null, { status: 304, headers })
  return new Response(bytes.body, {
    headers: { 'Content-Type': bytes.contentType, ...headers },
  })
}
