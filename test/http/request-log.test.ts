import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '../../src/errors/app-error.ts'
import { readForm } from '../../src/http/input/read.ts'
import { issuerUrl, type Served, serve, testHttp, until } from './support.ts'

describe('the log of requests', () => {
  const http = testHttp({ trustedProxies: [] })
  http.app.get('/callback', (c) => c.text('ok'))
  http.app.post('/login', async (c) => {
    await readForm(c, z.object({ username: z.string(), password: z.string().max(3) }))
    return c.text('ok')
  })
  http.app.get('/fails', () => {
    const inner = Object.assign(new Error('connection lost'), {
      parameters: ['row-secret'],
      detail: 'Key (email)=(row-secret)',
    })
    throw new AppError('unavailable', { cause: inner })
  })
  http.app.get('/bug', () => {
    throw new TypeError('inner-detail')
  })
  http.app.get('/healthz', (c) => c.text('ok'))
  let server: Served
  beforeAll(async () => {
    server = await serve(http)
  })
  afterAll(() => server.close(0))

  const linesOf = async (requestId: string | null) => {
    const matching = () => http.captured.lines().filter((line) => line['requestId'] === requestId)
    await until(() => matching().some((line) => line['msg'] === 'request'))
    return matching()
  }

  it('has one line per request: method, path, status, duration, address and request id', async () => {
    const response = await fetch(`${server.url}/callback`)
    const lines = await linesOf(response.headers.get('x-request-id'))
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'info',
        method: 'GET',
        path: '/callback',
        status: 200,
        ip: '127.0.0.1',
        ms: expect.any(Number),
      }),
    ])
  })

  it('[TOS-8] [MON-1] never holds a token, a cookie, a password or a code that came with a request', async () => {
    const headers = {
      authorization: 'Bearer hk-token-1',
      cookie: 'session=hk-cookie-1',
      referer: 'https://x/?code=hk-code-2',
    }
    await fetch(`${server.url}/callback?code=hk-code-1&state=hk-state-1`, { headers })
    const refused = await fetch(`${server.url}/login?code=hk-code-3`, {
      method: 'POST',
      headers: { ...headers, origin: issuerUrl },
      body: new URLSearchParams({ username: 'hk-user-1', password: 'hk-password-1' }),
    })
    expect(refused.status).toBe(400)
    expect(await refused.text()).not.toContain('hk-')
    await linesOf(refused.headers.get('x-request-id'))
    expect(http.captured.text()).toContain('/login')
    expect(http.captured.text()).not.toContain('hk-')
  })

  it('has the cause of a 5xx under its request id, without the data a library hung on it', async () => {
    const response = await fetch(`${server.url}/fails`)
    const lines = await linesOf(response.headers.get('x-request-id'))
    expect(lines[0]).toMatchObject({ level: 'error', error: 'unavailable', err: { message: 'connection lost' } })
    expect(http.captured.text()).not.toContain('row-secret')
  })

  it('tells a stranger nothing of an unknown error, and the log everything', async () => {
    const response = await fetch(`${server.url}/bug`)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('inner-detail')
    const [line] = await linesOf(response.headers.get('x-request-id'))
    expect(line).toMatchObject({ error: 'internal-error', err: { name: 'TypeError', message: 'inner-detail' } })
  })

  it('keeps health checks at debug', async () => {
    const response = await fetch(`${server.url}/healthz`)
    expect(await linesOf(response.headers.get('x-request-id'))).toEqual([expect.objectContaining({ level: 'debug' })])
  })
})

describe('the request id', () => {
  it('is ours, whatever a stranger sends, and new for every request', async () => {
    const { app } = testHttp()
    const ids = new Set<string | null>()
    for (let i = 0; i < 600; i++)
      ids.add(
        (await app.request('/', { headers: { 'x-request-id': 'chosen-by-a-stranger' } })).headers.get('x-request-id'),
      )
    expect(ids.size).toBe(600)
    expect([...ids].every((id) => /^[\w-]{22}$/.test(id ?? ''))).toBe(true)
  })

  it('is taken from a trusted proxy when it is harmless', async () => {
    const http = testHttp({ trustedProxies: ['127.0.0.1'] })
    const server = await serve(http)
    try {
      const idFor = async (given: string) =>
        (await fetch(server.url, { headers: { 'x-request-id': given } })).headers.get('x-request-id')
      expect(await idFor('edge-0123456789')).toBe('edge-0123456789')
      expect(await idFor('has spaces and "quotes"')).toMatch(/^[\w-]{22}$/)
      expect(await idFor('x'.repeat(65))).toMatch(/^[\w-]{22}$/)
    } finally {
      await server.close(0)
    }
  })
})
