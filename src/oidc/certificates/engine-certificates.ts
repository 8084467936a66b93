import type { EngineContext } from 'oidc-provider'
import type { Config } from '../../config/config.ts'
import type { ClientCertificate } from '../../http/address/client-certificate.ts'
import type { Clock } from '../../lib/clock.ts'
import { currentUnit } from '../unit/units.ts'
import { hasSubject } from './subject.ts'

export interface CertificateUse {
  /** A proxy passes certificates. */
  readonly read: boolean
  /** It says, too, which of them lead to an authority. */
  readonly verified: boolean
}

export const certificatesReadBy = (server: Config['server']): CertificateUse => ({
  read: server.clientCertificateHeader !== undefined,
  verified: server.clientCertificateVerifiedHeader !== undefined,
})

/** In its time: a proxy that passes any certificate passes those that have expired. */
const presented = (clock: Clock): ClientCertificate | undefined => {
  const found = currentUnit().exchange.clientCertificate
  if (!found) return undefined
  const { validFromDate, validToDate } = found.certificate
  const now = clock.now()
  return validFromDate <= now && now <= validToDate ? found : undefined
}

/** RFC 8705: what proves an application, and what a token may be bound to. */
export const certificatesFor = ({ read, verified }: CertificateUse, clock: Clock) => ({
  enabled: read,
  certificateBoundAccessTokens: true,
  selfSignedTlsClientAuth: true,
  tlsClientAuth: verified,
  getCertificate: () => presented(clock)?.certificate,
  certificateAuthorized: () => presented(clock)?.verified === true,
  certificateSubjectMatches: (_: EngineContext, property: string, expected: string) => {
    const found = presented(clock)
    return property === 'tls_client_auth_subject_dn' && found !== undefined && hasSubject(found.certificate, expected)
  },
})

export const certificateAuthMethods = ({ read, verified }: CertificateUse): string[] =>
  read ? ['self_signed_tls_client_auth', ...(verified ? ['tls_client_auth'] : [])] : []
