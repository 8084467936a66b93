import type { Exchange } from '../exchange.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A browser names the origin of every POST and cannot be made to lie about it. A browser too old or too private to send
 * `Origin` still sends `Sec-Fetch-Site`; a request with neither is a program, and programs have routes of their own.
 */
export function isSameOrigin(exchange: Exchange, issuerOrigin: string): boolean {
  const origin = exchange.header('origin')
  if (origin !== undefined) return origin === issuerOrigin
  return exchange.header('sec-fetch-site') === 'same-origin'
}

export const changesState = (method: string): boolean => !safeMethods.has(method)
