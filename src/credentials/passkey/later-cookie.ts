import type { Context } from 'hono'
import { defineCookie } from '../../http/cookies.ts'
import type { HttpEnv } from '../../http/env.ts'

const DAYS = 30

/** Who said "not now" is left in peace for a while, in that browser. It says nothing of who they are. */
export interface LaterCookie {
  isKept(c: Context<HttpEnv>): boolean
  keep(c: Context<HttpEnv>): void
}

export function laterCookie(issuerUrl: string): LaterCookie {
  const cookie = defineCookie(issuerUrl, { name: 'passkey-later', path: '/', maxAge: DAYS * 86_400, sameSite: 'Lax' })
  return {
    isKept: (c) => cookie.read(c) === 'yes',
    keep: (c) => cookie.write(c, 'yes'),
  }
}
