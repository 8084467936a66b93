import type { Conflict } from './cross-checks.ts'
import type { Parsed } from './schema.ts'

/** Believed from nobody, it would be read from nobody: better said at the start than found out at a refused client. */
export function certificatesComeFromAProxy({ server }: Parsed): Conflict | undefined {
  if (!server.clientCertificateHeader || server.trustedProxies.length > 0) return undefined
  const reason = 'is believed from server.trustedProxies alone, and there are none'
  return { keys: ['server.clientCertificateHeader', 'server.trustedProxies'], reason }
}

export function verifiedCertificatesAreRead({ server }: Parsed): Conflict | undefined {
  if (!server.clientCertificateVerifiedHeader || server.clientCertificateHeader) return undefined
  const reason = 'says something of a certificate that nobody reads: name its header too'
  return { keys: ['server.clientCertificateVerifiedHeader', 'server.clientCertificateHeader'], reason }
}
