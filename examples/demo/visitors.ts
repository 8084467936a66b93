import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { SignedIn, StartedSignIn } from './relying-party.ts'

export type Visitor = { readonly started: StartedSignIn } | { readonly signedIn: SignedIn }

/** Who is here, in memory: a browser holds nothing but a random name, and tokens never leave this server. */
export interface Visitors {
  of(c: Context): Visitor | undefined
  /** Under a new name each time, so that a name from before the sign-in is worth nothing after it. */
  remember(c: Context, visitor: Visitor): void
  forget(c: Context): void
}

const COOKIE = 'demo'
const MOST = 1_000

export function createVisitors(): Visitors {
  const visitors = new Map<string, Visitor>()
  const forget = (c: Context) => {
    visitors.delete(getCookie(c, COOKIE) ?? '')
    deleteCookie(c, COOKIE)
  }
  return {
    of: (c) => visitors.get(getCookie(c, COOKIE) ?? ''),
    remember: (c, visitor) => {
      forget(c)
      const [oldest] = visitors.keys()
      if (visitors.size >= MOST && oldest !== undefined) visitors.delete(oldest)
      const name = randomBytes(32).toString('base64url')
      visitors.set(name, visitor)
      setCookie(c, COOKIE, name, { httpOnly: true, sameSite: 'Lax', path: '/' })
    },
    forget,
  }
}
