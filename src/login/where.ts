import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import type { Done } from './claim.ts'
import type { BrowserCookie, Interactions, LaterCookie, TrustCookie, Where } from './ports.ts'

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

/** The answer that ends a sign-in, with what the browser carries from now on. */
export function leave(
  c: Context<HttpEnv>,
  { interactions, cookies: { browserCookie, trustCookie } }: Leaving,
  { browser, trust, signedIn, returnTo }: Done,
): Promise<Response> | Response {
  if (browser) browserCookie.keep(c, browser)
  if (trust) trustCookie.keep(c, trust)
  return returnTo === undefined ? interactions.signedIn(c, signedIn) : c.redirect(returnTo, 303)
}

interface Leaving {
  readonly interactions: Pick<Interactions, 'signedIn'>
  readonly cookies: BrowserCookies
}
