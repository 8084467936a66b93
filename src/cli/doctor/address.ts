import { type Check, fine, warning } from './finding.ts'

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Whether tokens and passwords travel over TLS, and whether the server hears more than it should. */
export const addressCheck: Check = {
  subject: 'address',
  examine: async ({ config: { server } }) => [
    server.issuerUrl.startsWith('https:')
      ? fine(`people and services come over TLS to ${server.issuerUrl}`)
      : warning(
          `${server.issuerUrl} is plain HTTP: good for trying out on this machine alone`,
          'Set ISSUER_URL to the https address that people use.',
        ),
    server.tls || server.trustedProxies.length > 0 || isLoopback(server.host)
      ? fine(`the server listens on ${server.host}:${server.port}${server.tls ? ' with TLS of its own' : ''}`)
      : warning(
          `the server listens on ${server.host}:${server.port} without TLS and names no proxy`,
          'Put a TLS proxy in front and name it in TRUSTED_PROXIES, or set TLS_CERT and TLS_KEY, or HOST=127.0.0.1.',
        ),
  ],
}
