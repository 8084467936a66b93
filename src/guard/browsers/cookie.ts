import type { Context } from 'hono'
import { defineCookie } from '../../http/cookies.ts'
import type { HttpEnv } from '../../http/env.ts'
import { type Browser, browserIn, KEPT_DAYS, newBrowser } from './browser.ts'

/** What tells one browser from another, over HTTP. */
export interface BrowserCookie {
  /** The browser of a request; one that carries no cookie yet is a new one, which `keep` makes last. */
  of(c: Context<HttpEnv>): Browser
  /** With the answer to what made it known. */
  keep(c: Context<HttpEnv>, browser: Browser): void
}

export function browserCookie(issuerUrl: string): BrowserCookie {
  const cookie = defineCookie(issuerUrl, { name: 'browser', path: '/', maxAge: KEPT_DAYS * 86_400, sameSite: 'Lax' })
  return {
    of: (c) => browserIn(cookie.read(c)) ?? newBrowser(),
    keep: (c, { token }) => cookie.write(c, token.reveal()),
  }
}
