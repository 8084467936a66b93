import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issuerUrl, rawRequest, type Served, serve, testHttp } from './support.ts'

type RequestBody = NonNullable<RequestInit['body']>

const SOON_MS = 50
const megabyte = 'x'.repeat(1024 * 1024)

/** What it takes when the machine has nothing else to do: where it was busy, it is asked again. */
async function fastest(attempt: () => Promise<void>, { under }: { under: number }): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 50 && least >= under; i++) {
    const start = performance.now()
    await attempt()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

describe('the size of what is sent', () => {
  const http = testHttp({ bodyLimit: 64 * 1024 })
  let handled = 0
  http.app.post('/echo', async (c) => {
    handled += 1
    return c.text(String((await c.req.text()).length))
  })
  http.app.post('/never-reads', (c) => c.text('ok'))
  http.app.post('/raw', async (c) => {
    const { incoming } = c.env
    if (incoming === undefined) return c.text('in process')
    let size = 0
    for await (const chunk of incoming) size += chunk.length
    return c.text(String(size))
  })
  let server: Served
  beforeAll(async () => {
    server = await serve(http)
    await post('/echo', 'warm')
  })
  afterAll(() => server.close(0))

  const post = (path: string, body: RequestBody) =>
    fetch(server.url + path, { method: 'POST', body, headers: { origin: issuerUrl }, duplex: 'half' } as RequestInit)

  const chunked = (text: string, parts: number) =>
    ReadableStream.from(Array.from({ length: parts }, () => Buffer.from(text)))

  it('is taken up to the limit, with a length and in chunks', async () => {
    expect(await (await post('/echo', 'x'.repeat(64 * 1024))).text()).toBe('65536')
    expect(await (await post('/echo', chunked('x'.repeat(1024), 64))).text()).toBe('65536')
  })

  it('is refused in under 50 ms when its length says 1 MB, before any route', async () => {
    const before = handled
    const elapsed = await fastest(
      async () => {
        const response = await post('/echo', megabyte)
        expect(response.status).toBe(413)
        expect(await response.json()).toMatchObject({ code: 'body-too-large' })
      },
      { under: SOON_MS },
    )
    expect(elapsed).toBeLessThan(SOON_MS)
    expect(handled).toBe(before)
  })

  it.each(['/echo', '/raw'])(
    'is refused when it arrives in chunks past the limit, whoever reads it: %s',
    async (path) => {
      const elapsed = await fastest(
        async () => {
          const response = await post(path, chunked(megabyte, 1))
          expect(response.status).toBe(413)
          expect(await response.json()).toMatchObject({ code: 'body-too-large' })
        },
        { under: SOON_MS },
      )
      expect(elapsed).toBeLessThan(SOON_MS)
    },
  )

  it('does not matter to a route that reads nothing, and the server lives on', async () => {
    expect((await post('/never-reads', chunked(megabyte, 1))).status).toBe(200)
    expect((await post('/echo', 'still here')).status).toBe(200)
  })

  it('cuts the line of a client that goes on sending', async () => {
    const head = `POST /echo HTTP/1.1\r\nHost: x\r\nOrigin: ${issuerUrl}\r\nContent-Length: 100000000\r\n\r\n`
    expect(await rawRequest(server.port, head + megabyte + megabyte)).toMatch(/^HTTP\/1\.1 413 /)
  })

  const expecting = (length: number, body = '', ...headers: string[]) =>
    `${['POST /echo HTTP/1.1', 'Host: x', 'Connection: close', 'Expect: 100-continue', `Content-Length: ${length}`, ...headers].join('\r\n')}\r\n\r\n${body}`

  it('is judged before a client that asks is told to go on', async () => {
    const before = handled
    const answer = await rawRequest(server.port, expecting(100_000_000, '', `Origin: ${issuerUrl}`))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toMatch(/^Connection: close\r$/m)
    expect(answer).toContain('"code":"body-too-large"')
    expect(await rawRequest(server.port, expecting(5)), 'from another site').toMatch(/^HTTP\/1\.1 403 /)
    expect(handled).toBe(before)
  })

  it('that is admitted is asked for, and served like any other', async () => {
    const answer = await rawRequest(server.port, expecting(5, 'hello', `Origin: ${issuerUrl}`))
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
    expect(answer).toMatch(/^X-Request-Id: /m)
    expect(answer.endsWith('5')).toBe(true)
    const bounded = await rawRequest(server.port, expecting(65_537, '', `Origin: ${issuerUrl}`))
    expect(bounded).toMatch(/^HTTP\/1\.1 413 /)
  })

  it.each([
    ['address', `GET /?state=${megabyte} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['cookie', `GET / HTTP/1.1\r\nHost: x\r\nCookie: a=${megabyte}\r\n\r\n`],
  ])('is bounded in the head too: a 1 MB %s is refused in under 50 ms', async (_, request) => {
    const elapsed = await fastest(
      async () => {
        expect(await rawRequest(server.port, request)).toMatch(/^HTTP\/1\.1 431 /)
      },
      { under: SOON_MS },
    )
    expect(elapsed).toBeLessThan(SOON_MS)
  })

  it.each([
    'GET / HTTP/1.1\r\nHost: x\r\nBroken header\r\n\r\n',
    'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
  ])('is never guessed: an ambiguous request is refused (%j)', async (request) => {
    expect(await rawRequest(server.port, request)).toMatch(/^HTTP\/1\.1 400 /)
  })
})
