import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { get, issuerUrl, rawRequest, type Served, serve, testHttp } from './support.ts'

const tricks = [
  '//login',
  '/login/',
  '/login//',
  '/./login',
  '/x/../login',
  '/login/.',
  '/login/..',
  '/login.',
  '/login..',
  '/%6cogin',
  '/login%2f',
  '/%2flogin',
  '/x%2f..%2flogin',
  '/x/%2e%2e/login',
  '/%2e/login',
  '/%252flogin',
  '/login%5c',
  '/login\\',
  '/\\login',
  '/login%00',
  '/login%0a',
  '/login%20',
  '/login;x=1',
  '/..;/login',
  '/login%',
  '/login%zz',
  '/login%c0%af',
  '/login%ff',
  '/login\xff',
  '/login|x',
  'http://evil.example/login',
  '*',
]

describe('a path has one spelling', () => {
  const http = testHttp({ issuerUrl: 'http://localhost:3000' })
  const reached: string[] = []
  http.app.all('*', (c) => {
    reached.push(c.req.path)
    return c.text('reached')
  })
  let server: Served
  beforeAll(async () => {
    server = await serve(http)
  })
  afterAll(() => server.close(0))

  it.each(tricks)('%j is refused before any route sees it', async (target) => {
    const before = reached.length
    expect(await rawRequest(server.port, Buffer.from(get(target), 'latin1'))).toMatch(/^HTTP\/1\.1 400 /)
    expect(reached).toHaveLength(before)
  })

  it.each([
    '/',
    '/login',
    '/.well-known/openid-configuration',
    '/assets/a.0f.css',
    '/oauth/apis/api_01/jwks',
    '/login?next=//x/../y%2f',
  ])('%j is let through', async (target) => {
    expect(await rawRequest(server.port, get(target))).toMatch(/^HTTP\/1\.1 200 /)
    expect(reached.at(-1)).toBe(target.split('?')[0])
  })
})

describe('the host', () => {
  it('is the issuer to every route, and a stranger’s host stands in no answer', async () => {
    const http = testHttp({ trustedProxies: ['127.0.0.1'] })
    http.app.get('/echo', (c) =>
      c.json({ url: c.req.url, host: c.req.header('host'), node: c.env.incoming?.headers['x-forwarded-host'] }),
    )
    const server = await serve(http)
    try {
      const hostile = [
        'X-Forwarded-Host: evil.example',
        'X-Forwarded-Server: evil.example',
        'Forwarded: host=evil.example',
      ]
      for (const target of ['/echo', '/nowhere', '//bad', '/readyz']) {
        const request = get(target, ...hostile).replace('Host: localhost', 'Host: evil.example')
        expect(await rawRequest(server.port, request)).not.toContain('evil.example')
      }
      expect(await rawRequest(server.port, get('/echo'))).toContain(`"host":"${new URL(issuerUrl).host}"`)
      const redirected = await rawRequest(server.port, get('/echo?a=1', ...hostile, 'X-Forwarded-Proto: http'))
      expect(redirected).toMatch(/^HTTP\/1\.1 308 /)
      expect(redirected).toContain(`Location: ${issuerUrl}/echo?a=1\r\n`)
    } finally {
      await server.close(0)
    }
  })
})
