import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { CookieOptions } from 'hono/utils/cookie'
import type { HttpEnv } from './env.ts'

interface CookieShape {
  readonly name: string
  /** As narrow as the pages that need it. */
  readonly path: `/${string}`
  /** Seconds. Every cookie dies by itself; a browser that restores its tabs never ends a "session cookie". */
  readonly maxAge: number
  /** `Strict` where no link from outside needs it; `None` is never needed here. */
  readonly sameSite?: 'Lax' | 'Strict'
}

export interface Cookie {
  read(c: Context<HttpEnv>): string | undefined
  write(c: Context<HttpEnv>, value: string): void
  clear(c: Context<HttpEnv>): void
}

/**
 * Either prefix makes the browser refuse a cookie that a plain-http answer planted. `__Host-` alone refuses one that a
 * sibling subdomain planted (no `Domain`), and demands the path `/`. A narrower path takes `__Secure-`, which a sibling
 * over https can still plant: what reads such a cookie must not take it for proof of where it came from. Plain http
 * (localhost) can have neither.
 */
export function defineCookie(issuerUrl: string, { name, path, maxAge, sameSite = 'Lax' }: CookieShape): Cookie {
  const secure = issuerUrl.startsWith('https:')
  const prefix = path === '/' ? 'host' : 'secure'
  const options: CookieOptions = {
    path,
    maxAge,
    sameSite,
    httpOnly: true,
    secure,
    ...(secure && { prefix }),
  }
  return {
    read: (c) => (secure ? getCookie(c, name, prefix) : getCookie(c, name)),
    write: (c, value) => setCookie(c, name, value, options),
    clear: (c) => void deleteCookie(c, name, options),
  }
}
