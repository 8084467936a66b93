import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { allowFormTo } from '../../src/http/headers/content-security-policy.ts'
import { alreadySent } from '../../src/http/server/node-side.ts'
import { rawRequest, type Served, serve, type TestHttp, testHttp } from './support.ts'

function withRoutes(http: TestHttp): TestHttp {
  http.app.get('/page', (c) => c.html('<p>hello'))
  http.app.get('/json', (c) => c.json({ ok: true }))
  http.app.get('/consent', (c) => {
    allowFormTo(c, 'https://client.example/cb?x=1')
    return c.html('<form>')
  })
  http.app.get('/consent-app', (c) => {
    allowFormTo(c, 'com.example.app:/cb')
    return c.html('<form>')
  })
  http.app.get('/cached', (c) => c.text('x', 200, { 'cache-control': 'public, max-age=60' }))
  http.app.get('/broken', () => {
    throw new AppError('unavailable')
  })
  http.app.all('/engine', (c) => {
    const { outgoing } = c.env
    if (outgoing === undefined) return c.text('in process')
    outgoing.setHeader('X-Engine', 'yes')
    outgoing.end('engine')
    return alreadySent
  })
  return http
}

const policyOf = (response: Response) =>
  new Map(
    (response.headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ')
      return [name, sources.join(' ')]
    }),
  )

const paths = ['/page', '/json', '/consent', '/broken', '/engine', '/nowhere', '/assets/none.css', '//bad', '/cached']

describe('every answer, over a socket and in process', () => {
  const http = withRoutes(testHttp())
  let server: Served
  beforeAll(async () => {
    server = await serve(http)
  })
  afterAll(() => server.close(0))

  const both = async (path: string): Promise<Response[]> => [
    await fetch(server.url + path),
    await http.app.request(path),
  ]

  it.each(paths)('[DRP-11] forbids inline code and framing: %s', async (path) => {
    for (const response of await both(path)) {
      const policy = policyOf(response)
      expect(policy.get('default-src')).toBe("'none'")
      expect(policy.get('script-src')).toBe("'self'")
      expect(policy.get('style-src')).toBe("'self'")
      expect(policy.get('base-uri')).toBe("'none'")
      expect(policy.get('frame-ancestors')).toBe("'none'")
      expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe|\*/)
    }
  })

  it.each(paths)('[DRP-12] carries HSTS, nosniff, frame denial, referrer and permissions policy: %s', async (path) => {
    for (const { headers } of await both(path)) {
      expect(headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains; preload')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('permissions-policy')).toContain('camera=()')
      expect(headers.get('permissions-policy')).toContain('publickey-credentials-get=(self)')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  })

  it('[DRP-12] is not stored, unless its route says otherwise, and then says so once', async () => {
    for (const response of await both('/json')) expect(response.headers.get('cache-control')).toBe('no-store')
    for (const response of await both('/cached'))
      expect(response.headers.get('cache-control')).toBe('public, max-age=60')
  })

  it('[DRP-11] lets the form of one page reach the one client it was opened for', async () => {
    for (const response of await both('/consent'))
      expect(policyOf(response).get('form-action')).toBe("'self' https://client.example")
    for (const response of await both('/consent-app'))
      expect(policyOf(response).get('form-action')).toBe("'self' com.example.app:")
    for (const response of await both('/page')) expect(policyOf(response).get('form-action')).toBe("'self'")
  })

  it('keeps what an engine wrote on the response itself', async () => {
    const response = await fetch(`${server.url}/engine`)
    expect(response.headers.get('x-engine')).toBe('yes')
    expect(await response.text()).toBe('engine')
  })

  it('names each header once', async () => {
    const text = await rawRequest(server.port, 'GET /cached HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    const names = (text.split('\r\n\r\n')[0] ?? '')
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':')[0]?.toLowerCase())
    expect(names.length).toBeGreaterThan(8)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('with an issuer on plain http', () => {
  it('sends no HSTS, which would lock a developer out of localhost', async () => {
    const { app } = testHttp({ issuerUrl: 'http://localhost:3000' })
    expect((await app.request('/')).headers.has('strict-transport-security')).toBe(false)
  })
})
