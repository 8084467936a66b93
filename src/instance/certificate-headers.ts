import type { Config } from '../config/config.ts'
import type { CertificateHeaders } from '../http/address/client-certificate.ts'

export function certificateHeadersOf({ server }: Pick<Config, 'server'>): CertificateHeaders | undefined {
  const { clientCertificateHeader: certificate, clientCertificateVerifiedHeader: verified } = server
  return certificate === undefined ? undefined : { certificate, verified }
}
