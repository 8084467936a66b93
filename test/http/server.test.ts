import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { listen } from '../../src/http/server/listen.ts'
import { captureLog } from '../support/log.ts'
import { rawRequest, serve, testHttp, until } from './support.ts'

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
    const start = performance.now()
    await server.close(5000)
    await closed
    expect(performance.now() - start).toBeLessThan(1000)
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

describe('a connection that sends nonsense', () => {
  it('ends, and the server goes on', async () => {
    const { http } = slowHttp()
    const server = await serve(http)
    try {
      expect(await rawRequest(server.port, '\x16\x03\x01 this is TLS\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
      expect(await (await fetch(`${server.url}/quick`)).text()).toBe('ok')
    } finally {
      await server.close(0)
    }
  })
})
