import type { Exchange } from '../exchange.ts'

/**
 * Behind a proxy that ends TLS, only the proxy knows how the browser came in; it says so in `X-Forwarded-Proto`, and its
 * own word is the last. A request that it did not forward (a probe) carries no such header and passes.
 */
export function cameInPlainText(exchange: Exchange, issuerOrigin: string): boolean {
  if (!exchange.fromTrustedProxy || !issuerOrigin.startsWith('https:')) return false
  const scheme = exchange.header('x-forwarded-proto')?.split(',').at(-1)?.trim().toLowerCase()
  return scheme === 'http'
}
