import { type Client, isConfidential } from './client.ts'

const originOf = (uri: string): string | undefined => (URL.canParse(uri) ? new URL(uri).origin : undefined)

/**
 * Whether a page of this origin may read what we answer to this client: where people are sent back to it is, and what was
 * registered beside it. For a client that keeps a secret no page ever asks; and what a native app is sent back to on the
 * loopback is no page of its own.
 */
export function mayCallFrom(client: Client, origin: string): boolean {
  if (isConfidential(client) || origin === 'null') return false
  if (client.origins.includes(origin)) return true
  return client.type === 'single-page' && client.redirectUris.some((uri) => originOf(uri) === origin)
}
