import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { standingHeaders } from '../../src/http/headers/standing-headers.ts'
import { listen } from '../../src/http/server/listen.ts'
import { captureLog } from '../support/log.ts'
import { issuerUrl, rawRequest, type Served, serve, type TestHttp, testHttp, until } from './support.ts'

function slowHttp() {
  const http = testHttp()
  const gate = Promise.withResolvers<void>()
  let started = 0
  http.app.get('/slow', async (c) => {
    started += 1
    await gate.promise
    return c.text('finished')
  })
  http.app.get('/quick', (c) => c.text('ok'))
  return { http, finish: gate.resolve, started: () => started }
}

/** A connection that stays open after its first answer. */
async function idleConnection(port: number) {
  const socket = connect(port, '127.0.0.1')
  const closed = once(socket, 'close')
  socket.write('GET /quick HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'data')
  return { closed }
}

describe('a graceful stop', () => {
  it('finishes what is under way, says goodbye on it, closes idle connections at once and takes nothing new', async () => {
    const { http, finish, started } = slowHttp()
    const server = await serve(http)
    const idle = await idleConnection(server.port)
    const underWay = rawRequest(server.port, 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
    await until(() => started() === 1)

    const stopped = server.close(10_000)
    await idle.closed
    await expect(fetch(`${server.url}/quick`)).rejects.toThrow()
    finish()
    const answer = await underWay
    await stopped
    expect(answer).toContain('finished')
    expect(answer).toContain('Connection: close')
    expect(http.captured.text()).not.toContain('cut off')
  })

  it('cuts what is not done at the deadline, with a warning', async () => {
    const { http, started } = slowHttp()
    const server = await serve(http)
    const underWay = rawRequest(server.port, 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
    await until(() => started() === 1)
    await server.close(50)
    expect(await underWay).toBe('')
    expect(http.captured.lines().find(({ level }) => level === 'warn')).toMatchObject({ graceMs: 50 })
  })

  it('does not wait for a connection that never asked for anything', async () => {
    const server = await serve(testHttp())
    const silent = connect(server.port, '127.0.0.1')
    const closed = once(silent, 'close')
    await once(silent, 'connect')
    await (await fetch(server.url)).text()
    // It would take longer than a test may.
    await server.close(600_000)
    await closed
  })

  it('finishes a request that waited to be told to send its body', async () => {
    const { http, finish, started } = slowHttp()
    const server = await serve(http)
    const expecting = 'GET /slow HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx'
    const underWay = rawRequest(server.port, expecting)
    await until(() => started() === 1)
    const stopped = server.close(10_000)
    finish()
    expect(await underWay).toContain('finished')
    await stopped
  })

  it('may be asked for twice', async () => {
    const server = await serve(testHttp())
    await Promise.all([server.close(10), server.close(10)])
  })
})

describe('an address that cannot be listened on', () => {
  const failure = async (host: string, port: number): Promise<AppError> => {
    const http = testHttp()
    const error = await listen({ http, host, port, log: captureLog().log }).catch((thrown: unknown) => thrown)
    if (error instanceof AppError) return error
    throw new Error('it listened')
  }

  it('is named when another program holds it', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    try {
      const error = await failure('127.0.0.1', port)
      expect(error.code).toBe('port-in-use')
      expect(error.message).toContain(`127.0.0.1:${port}`)
    } finally {
      other.close()
    }
  })

  it('is named when it is no address of this machine', async () => {
    const error = await failure('192.0.2.1', 0)
    expect(error.code).toBe('listen-refused')
    expect(error.message).toContain('192.0.2.1')
  })
})

describe('what cannot be read as a request', () => {
  let http: TestHttp
  let server: Served
  beforeEach(async () => {
    http = slowHttp().http
    server = await serve(http)
  })
  afterEach(() => server.close(0))

  const lineOf = (answer: string) => {
    const requestId = /^X-Request-Id: (.+)\r$/m.exec(answer)?.[1]
    return http.captured.lines().filter((line) => line['requestId'] === requestId)
  }

  it('ends its connection, and the server goes on', async () => {
    expect(await rawRequest(server.port, '\x16\x03\x01 this is TLS\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await (await fetch(`${server.url}/quick`)).text()).toBe('ok')
  })

  it.each([
    ['an address of 20 KB', `/?state=${'x'.repeat(20_000)}`],
    ['an address of 1 MB', `/?state=${'x'.repeat(1_000_000)}`],
  ])('is told why: %s', async (_what, target) => {
    const answer = await fetch(server.url + target)
    expect(answer.status).toBe(431)
    const page = await answer.text()
    const requestId = answer.headers.get('x-request-id') ?? 'no request id'
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).toContain('are too long')
    expect(page).toContain(requestId)
    expect(page).not.toContain('xxxx')
    for (const [name, value] of standingHeaders(issuerUrl)) expect(answer.headers.get(name), name).toBe(value)
    const lines = http.captured.lines().filter((line) => line['requestId'] === requestId)
    expect(lines).toEqual([expect.objectContaining({ error: 'head-too-large', status: 431, ip: '127.0.0.1' })])
    expect(http.captured.text()).not.toContain('xxxx')
  })

  it.each([
    ['a head that is broken', 'POST / HTTP/1.1\r\nHost: x\r\nBroken header\r\n\r\n', 400, 'bad-request'],
    ['headers too long', `POST / HTTP/1.1\r\nHost: x\r\nCookie: ${'c'.repeat(20_000)}\r\n\r\n`, 431, 'head-too-large'],
  ])('gets a problem document where no browser asked: %s', async (_what, request, status, code) => {
    const answer = await rawRequest(server.port, request)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).toMatch(/^Connection: close\r$/m)
    const [, body = ''] = answer.split('\r\n\r\n')
    expect(JSON.parse(body)).toMatchObject({ status, code, cure: expect.any(String) })
    expect(lineOf(answer)).toEqual([expect.objectContaining({ error: code, ip: '127.0.0.1' })])
  })

  it('is told when it took too long', async () => {
    const waiting = createServer((socket) =>
      http.node.onClientError(Object.assign(new Error('slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket),
    ).listen(0, '127.0.0.1')
    await once(waiting, 'listening')
    const address = waiting.address()
    try {
      const answer = await rawRequest(typeof address === 'object' ? (address?.port ?? 0) : 0, 'GET / HTTP/1.1\r\n')
      expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
      expect(answer).toContain('"code":"request-timeout"')
      expect(lineOf(answer)).toEqual([expect.objectContaining({ error: 'request-timeout', status: 408 })])
    } finally {
      waiting.close()
    }
  })

  it('is read on for a while and no longer', async () => {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => undefined)
    socket.resume()
    socket.write(`GET /?state=${'x'.repeat(20_000)}`)
    const more = Buffer.alloc(64 * 1024, 'x')
    let sent = 0
    while (!socket.destroyed && sent < 64 * 1024 * 1024) {
      sent += more.length
      if (!socket.write(more)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed])
    }
    await closed
    expect(sent).toBeGreaterThan(1024 * 1024)
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })
})
