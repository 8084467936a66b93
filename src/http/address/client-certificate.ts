import { X509Certificate } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Headers by which a proxy that ends TLS says who the other side has proven to be. */
export interface CertificateHeaders {
  /** In lower case. */
  readonly certificate: string
  /** Where the proxy says that the chain leads to an authority that it trusts. */
  readonly verified: string | undefined
}

export interface ClientCertificate {
  readonly certificate: X509Certificate
  /** By an authority that the proxy trusts; false where it passes any certificate whose key was proven. */
  readonly verified: boolean
}

/** As it came, before it is taken away from everybody further in. */
export interface CertificateText {
  readonly certificate: string
  readonly verified: boolean
}

/** nginx writes this word (`$ssl_client_verify`), and other proxies can be told to. */
const VERIFIED = 'SUCCESS'

export function certificateTextIn(
  headers: IncomingHttpHeaders,
  { certificate, verified }: CertificateHeaders,
): CertificateText | undefined {
  const text = headers[certificate]
  if (typeof text !== 'string' || text === '') return undefined
  return { certificate: text, verified: verified !== undefined && headers[verified] === VERIFIED }
}

/**
 * PEM, escaped as in an address (nginx, Traefik), or the bytes between colons (RFC 9440). Exactly one: a header that came twice is joined
 * by a comma, and then one of the two was not written by the proxy.
 */
export function readCertificate({ certificate: text, verified }: CertificateText): ClientCertificate | undefined {
  const encoded = decoded(text)
  if (encoded === undefined) return undefined
  try {
    return { certificate: new X509Certificate(encoded), verified }
  } catch {
    return undefined
  }
}

const onePem = /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/
const oneByteSequence = /^:([A-Za-z0-9+/]+={0,2}):$/

function decoded(text: string): string | Buffer | undefined {
  const bytes = oneByteSequence.exec(text)?.[1]
  if (bytes !== undefined) return Buffer.from(bytes, 'base64')
  try {
    const pem = decodeURIComponent(text)
    return onePem.test(pem) ? pem : undefined
  } catch {
    return undefined
  }
}
