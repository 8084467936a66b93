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

  it.each([[[]], [['127.0.0.1']]])(
    'is the issuer in every view of the head, also with proxies %j',
    async (trustedProxies) => {
      const http = testHttp({ trustedProxies })
      http.app.get('/views', (c) => {
        const { headers, rawHeaders, headersDistinct, url } = c.env.incoming ?? {}
        const names = ['host', 'forwarded', 'x-forwarded-host', 'x-forwarded-for', 'x-forwarded-proto']
        const single = names.map((name) => c.req.header(name))
        return c.json({
          all: c.req.header(),
          native: [...c.req.raw.clone().headers],
          single,
          headers,
          rawHeaders,
          headersDistinct,
          url,
        })
      })
      const server = await serve(http)
      try {
        const hostile = [
          'x-forwarded-HOST: evil.example',
          'X-Forwarded-Host: evil.example',
          'X-Forwarded-For: 6.6.6.6',
          'X-Forwarded-For: 6.6.6.6, 198.51.100.7',
          'X-Forwarded-Proto: evil',
          'X-Forwarded-Port: 66600',
          'X-Forwarded-Prefix: /evil',
          'X-Forwarded-Server: evil.example',
          'Forwarded: for=6.6.6.6;host=evil.example',
          'X-Kept: yes',
        ]
        for (const host of ['evil.example', new URL(issuerUrl).host]) {
          const answer = await rawRequest(server.port, get('/views?a=1', ...hostile).replace('localhost', host))
          expect(answer).toMatch(/^HTTP\/1\.1 200 /)
          expect(answer).not.toMatch(/evil|6\.6\.6\.6|66600|"[Ff]orwarded"/)
          const client = trustedProxies.length > 0 ? '198.51.100.7' : '127.0.0.1'
          const { single, all, url } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
          expect(single).toEqual(['id.example.com', null, null, client, 'https'])
          expect(all).toMatchObject({ host: 'id.example.com', 'x-forwarded-for': client, 'x-kept': 'yes' })
          expect(url).toBe('/views?a=1')
        }
      } finally {
        await server.close(0)
      }
    },
  )

  it.each(['http://localhost:3000', 'https://id.example.com'])(
    'stands in the address with the scheme of %s',
    async (issuer) => {
      const http = testHttp({ issuerUrl: issuer })
      http.app.get('/where', (c) => c.json([c.req.url, c.req.raw.clone().url, c.req.path, c.env.incoming?.url]))
      const server = await serve(http)
      try {
        const response = await fetch(`${server.url}/where?next=%2F%2Fx&y=//z`)
        const url = `${issuer}/where?next=%2F%2Fx&y=//z`
        expect(await response.json()).toEqual([url, url, '/where', '/where?next=%2F%2Fx&y=//z'])
      } finally {
        await server.close(0)
      }
    },
  )

  it('named twice is refused before any route, the same name or another (RFC 9112 §3.2)', async () => {
    const http = testHttp({ issuerUrl: 'http://localhost:3000' })
    let reached = 0
    http.app.get('/', (c) => {
      reached += 1
      return c.text('reached')
    })
    const server = await serve(http)
    try {
      for (const second of ['Host: localhost', 'hOST: evil.example', 'Host:'])
        expect(await rawRequest(server.port, get('/', second))).toMatch(/^HTTP\/1\.1 400 /)
      expect(reached).toBe(0)
      expect(await rawRequest(server.port, get('/', 'X-Hos: x'))).toMatch(/^HTTP\/1\.1 200 /)
    } finally {
      await server.close(0)
    }
  })
})
