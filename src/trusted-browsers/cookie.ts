import type { Context } from 'hono'
import { defineCookie } from '../http/cookies.ts'
import type { HttpEnv } from '../http/env.ts'
import { Secret } from '../lib/secret.ts'
import { isToken } from './trusted-browser.ts'

/** What a browser carries of those who trust it, over HTTP. */
export interface TrustCookie {
  /** Of everybody who uses this browser: whose they are is asked with the person. */
  of(c: Context<HttpEnv>): Secret<string>[]
  /** With the answer to the sign-in in which it was trusted. */
  keep(c: Context<HttpEnv>, token: Secret<string>): void
}

/** So many people share a browser; what was there first gives way. */
const MOST = 5
const DAY_SECONDS = 86_400
/** As long as browsers let a cookie live. When a trust ends is decided by its row, never by the cookie. */
const KEPT_SECONDS = 400 * DAY_SECONDS
const BETWEEN = '.'

/** With the prefix `__Host-` over https: no sibling domain plants one, and none of ours is sent there. */
export function trustCookie(issuerUrl: string): TrustCookie {
  const cookie = defineCookie(issuerUrl, { name: 'trust', path: '/', maxAge: KEPT_SECONDS, sameSite: 'Lax' })
  const read = (c: Context<HttpEnv>) => (cookie.read(c) ?? '').split(BETWEEN).filter(isToken).slice(0, MOST)
  return {
    of: (c) => read(c).map((token) => new Secret(token)),
    keep: (c, token) => cookie.write(c, [token.reveal(), ...read(c)].slice(0, MOST).join(BETWEEN)),
  }
}
