import type { Conflict } from './cross-checks.ts'
import type { Parsed } from './schema.ts'

/**
 * A browser refuses a domain that is not the page's own or above it, unless that domain itself vouches for the page
 * (WebAuthn §5.11): then the issuer is named among the related origins, and this is no slip of the pen.
 */
export function passkeysOfThisHost({ passkeys, server }: Parsed): Conflict | undefined {
  const { rpId, relatedOrigins } = passkeys
  const { origin, hostname } = new URL(server.issuerUrl ?? 'http://localhost')
  if (rpId === undefined || hostname === rpId || hostname.endsWith(`.${rpId}`)) return undefined
  if (relatedOrigins.includes(origin)) return undefined
  const reason =
    'no browser would use its passkeys on the pages of server.issuerUrl: name its host or a domain above it, or name the issuer in passkeys.relatedOrigins, too'
  return { keys: ['passkeys.rpId', 'server.issuerUrl'], reason }
}
