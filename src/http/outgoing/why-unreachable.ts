import { errorCode } from '../../lib/error-code.ts'

/** Why nobody was reached, in words that name no address. */
export type WhyUnreachable = 'tls' | 'name-unknown' | 'refused' | 'reset'

const ofCodes: Readonly<Record<string, WhyUnreachable>> = {
  ENOTFOUND: 'name-unknown',
  ENODATA: 'name-unknown',
  EAI_AGAIN: 'name-unknown',
  ETIMEOUT: 'name-unknown',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  EPROTO: 'tls',
}
/** What OpenSSL and Node.js say of certificates and handshakes. */
const OF_TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_PURPOSE)/

/** A word of the libraries, for those who run the server. */
export const codeOfCause = (cause: unknown): string | undefined =>
  cause instanceof Error ? (errorCode(cause) ?? errorCode(cause.cause)) : undefined

export const whyUnreachable = (code: string | undefined): WhyUnreachable | undefined =>
  code === undefined ? undefined : OF_TLS.test(code) ? 'tls' : ofCodes[code]
