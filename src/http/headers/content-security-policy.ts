import type { Context } from 'hono'
import type { HttpEnv } from '../env.ts'

interface PolicyOptions {
  /** Origins, besides our own, that a form of this page may end up at: Chromium checks the redirect after a form, too. */
  readonly formTargets?: readonly string[]
}

/** Everything is forbidden but what our own pages load from our own origin. Nothing is ever inline, so no nonce is needed. */
export function contentSecurityPolicy({ formTargets = [] }: PolicyOptions = {}): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
  ].join('; ')
}

/** An origin or a private-use scheme; anything else could smuggle a directive into the policy. */
function formTarget(redirectUri: string): string {
  const url = new URL(redirectUri)
  return url.origin === 'null' ? url.protocol : url.origin
}

/**
 * For the one page whose form ends in a redirect to a client (sign-in, consent): its registered redirect URI, already
 * matched, is where the form may go.
 */
export function allowFormTo(c: Context<HttpEnv>, redirectUri: string): void {
  c.header('Content-Security-Policy', contentSecurityPolicy({ formTargets: [formTarget(redirectUri)] }))
}
