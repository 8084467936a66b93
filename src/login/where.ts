import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import type { Done } from './claim.ts'
import type { BrowserCookie, LaterCookie, TrustCookie, Where } from './ports.ts'

export interface BrowserCookies {
  readonly browserCookie: BrowserCookie
  readonly trustCookie: TrustCookie
  /** Who said "not now" to a passkey. */
  readonly laterCookie: LaterCookie
}

export const whereOf = (c: Context<HttpEnv>, { browserCookie, trustCookie }: BrowserCookies): Where => {
  const { exchange } = c.env
  return {
    origin: exchange.origin,
    browser: browserCookie.of(c),
    trusted: trustCookie.of(c),
  }
}

/** What the browser carries from now on, with the answer that ends a sign-in. */
export function keepCookies(c: Context<HttpEnv>, { browserCookie, trustCookie }: BrowserCookies, done: Done): void {
  if (done.browser) browserCookie.keep(c, done.browser)
  if (done.trust) trustCookie.keep(c, done.trust)
}
