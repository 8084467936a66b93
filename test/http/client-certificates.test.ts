import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { serve, testHttp } from './support.ts'

const pem = readFileSync(
  join(import.meta.dirname, '..', 'oidc', 'protocol', 'certificates', 'invoices.cert.pem'),
  'utf8',
)
const certificateHeaders = { certificate: 'x-ssl-client-cert', verified: 'x-ssl-client-verify' }

it.each([
  ['from a trusted proxy reaches routes as a certificate', ['127.0.0.0/8'], 'invoices.example.com true'],
  ['from anybody else reaches nobody', [], 'none'],
] as const)('the header of a certificate %s, and never as a header', async (_, trustedProxies, expected) => {
  const http = testHttp({ trustedProxies: [...trustedProxies], certificateHeaders, issuerUrl: 'http://localhost' })
  http.app.get('/seen', (c) => {
    const found = c.env.exchange.clientCertificate
    const name = /CN=(\S+)/.exec(found?.certificate.subject ?? '')?.[1]
    const headers = [...c.req.raw.headers.keys(), ...Object.keys(c.env.incoming?.headers ?? {})]
    const left = headers.filter((header) => header.startsWith('x-ssl-client'))
    return c.text(`${name === undefined ? 'none' : `${name} ${found?.verified}`} ${left.join()}`.trim())
  })
  const server = await serve(http)
  try {
    for (const more of [{}, { 'x-forwarded-for': '198.51.100.7' }] as Record<string, string>[]) {
      const headers = { 'x-ssl-client-cert': encodeURIComponent(pem), 'x-ssl-client-verify': 'SUCCESS', ...more }
      const answer = await fetch(`${server.url}/seen`, { headers })
      expect(await answer.text()).toBe(expected)
    }
  } finally {
    await server.close(0)
  }
})
