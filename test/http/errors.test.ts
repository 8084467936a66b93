import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { issuerUrl, type Served, serve, testHttp } from './support.ts'

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

const http = testHttp()
http.app.get('/busy', () => {
  throw new AppError('unavailable', {
    detail: 'Too many sign-ins.',
    retryAfter: 1.2,
    cause: new Error('inner-queue-full'),
  })
})
http.app.get('/api/busy', () => {
  throw new AppError('unavailable')
})
http.app.get('/text', () => {
  throw 'inner-text'
})
http.app.get('/late', async () => {
  await Promise.resolve()
  throw { inner: 'inner-object' }
})
http.app.get('/split', (c) => c.text('x', 200, { 'x-broken': 'a\r\nset-cookie: b' }))
http.app.get('/unwritable', () => new Response('x', { headers: { 'x-broken': 'a\r\nset-cookie: b' } }))
http.app.get('/echo', () => {
  throw new AppError('bad-request', { detail: '<script>alert(1)</script>' })
})
http.app.get('/closed-key', () => {
  throw Object.assign(new Error('inner: sealed under a data key that takes no new seals'), { code: 'HK001' })
})
http.app.get('/thing', (c) => c.text('thing'))
http.app.post('/thing', (c) => c.text('made'))
http.app.get('/gone', (c) => c.notFound())

let server: Served
beforeAll(async () => {
  server = await serve(http)
})
afterAll(() => server.close(0))

const ask = (path: string, init: RequestInit = {}) => fetch(server.url + path, init)

describe('an error, to a program', () => {
  it('is a problem document of RFC 9457, with the cure and the request id', async () => {
    const response = await ask('/busy')
    const requestId = response.headers.get('x-request-id')
    expect(response.status).toBe(503)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('retry-after')).toBe('2')
    expect(await response.json()).toEqual({
      type: 'urn:hearthkey:error:unavailable',
      title: 'The service is not ready at the moment.',
      status: 503,
      detail: 'Too many sign-ins.',
      instance: `urn:hearthkey:request:${requestId}`,
      code: 'unavailable',
      request_id: requestId,
      cure: 'Try again in a few seconds.',
    })
  })

  it('is 503 and asks to try again when the key that sealed was closed meanwhile', async () => {
    const response = await ask('/closed-key')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ code: 'unavailable', cure: 'Try again in a few seconds.' })
    expect(text).not.toContain('inner')
    expect(http.captured.text()).toContain('takes no new seals')
  })

  it('is JSON on a programmatic route, even when asked for as a page', async () => {
    expect((await ask('/api/busy', { headers: browser })).headers.get('content-type')).toBe('application/problem+json')
  })

  it.each(['application/json, text/html;q=0.5', 'text/html;q=0', '*/*', 'text/plain'])(
    'is JSON for Accept: %s',
    async (accept) => {
      expect((await ask('/busy', { headers: { accept } })).headers.get('content-type')).toBe('application/problem+json')
    },
  )

  it.each(['/text', '/late', '/split', '/unwritable', '/busy'])('tells nothing of the inside: %s', async (path) => {
    const response = await ask(path)
    expect(response.status).toBeGreaterThanOrEqual(500)
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(await response.text()).not.toContain('inner')
    expect((await ask('/thing')).status).toBe(200)
  })
})

describe('an error, to a browser', () => {
  it('is a page that names the code, the cure and the request id', async () => {
    const response = await ask('/busy', { headers: browser })
    const text = await response.text()
    expect(response.status).toBe(503)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('vary')).toBe('Accept, Accept-Language')
    expect(text).toContain('<!doctype html><html lang="en" dir="ltr">')
    expect(text).toContain('Try again in a few seconds.')
    expect(text).toContain(response.headers.get('x-request-id'))
    expect(text).not.toMatch(/inner|<script|style=/)
  })

  it('[TOS-9] escapes what a stranger could have put into it', async () => {
    const text = await (await ask('/echo', { headers: browser })).text()
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toContain('<script>')
  })
})

describe('an address', () => {
  it('that does not exist is 404, also when a route says so itself', async () => {
    expect((await ask('/nowhere')).status).toBe(404)
    expect((await ask('/gone')).status).toBe(404)
    expect((await ask('/nowhere', { method: 'OPTIONS' })).status).toBe(404)
  })

  it('that takes other methods is 405 and names them', async () => {
    const response = await ask('/thing', { method: 'DELETE', headers: { origin: issuerUrl } })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS')
    expect(await response.json()).toMatchObject({ code: 'method-not-allowed' })
  })

  it('tells its methods to OPTIONS, and answers HEAD as GET without the body', async () => {
    const options = await ask('/thing', { method: 'OPTIONS' })
    expect(options.status).toBe(204)
    expect(options.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS')
    const head = await ask('/thing', { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
    expect((await ask('/nowhere', { method: 'HEAD' })).status).toBe(404)
  })
})
