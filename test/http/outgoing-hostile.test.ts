import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OutgoingClient } from '../../src/http/outgoing/outgoing.ts'
import { createOutgoingClient, type OutgoingOptions } from '../../src/http/outgoing/outgoing-client.ts'

const TIMEOUT = 300
/** For whoever answers, and for what would go on until somebody ends it. */
const LONG_MS = 10_000
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

/** What a receiver of webhooks may do whom nobody trusts; by the path that is asked for. */
const hostile: Record<string, (socket: Socket) => void> = {
  '/ok': (socket) => socket.write(OK),
  '/bye': (socket) => socket.end(`${OK.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n')}`),
  '/huge-header': (socket) =>
    socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(64 * 1024)}\r\ncontent-length: 0\r\n\r\n`),
  '/many-headers': (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}content-length: 0\r\n\r\n`),
  '/headers-without-end': (socket) => pour(socket, 'HTTP/1.1 200 OK\r\n', 'x-a: b\r\n'.repeat(100)),
  '/headers-that-drip': (socket) => pour(socket, 'HTTP/1.1 200 OK\r\n', 'x', 20),
  '/hints-without-end': (socket) => pour(socket, '', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', 5),
  '/trailers-without-end': (socket) =>
    pour(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n', 'x-a: b\r\n'),
  '/another-protocol': (socket) =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
  '/no-http': (socket) => socket.write('220 mail.example ESMTP\r\n'),
  '/half': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
  '/reset': (socket) => socket.resetAndDestroy(),
}

function pour(socket: Socket, begin: string, piece: string, everyMs = 1): void {
  socket.write(begin)
  const timer = setInterval(() => socket.write(piece), everyMs)
  socket.on('close', () => clearInterval(timer))
}

describe('the guarded client, before somebody hostile', () => {
  let server: Server
  let port: number
  let connections: number
  const sockets = new Set<Socket>()
  const clients: OutgoingClient[] = []

  beforeEach(async () => {
    connections = 0
    server = createServer((socket) => {
      connections += 1
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('data', (data) => hostile[data.toString().split(' ')[1] ?? '']?.(socket))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()))
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    server.close()
  })

  const client = (options: Partial<OutgoingOptions> = {}) => {
    const made = createOutgoingClient({ allow: ['127.0.0.1/32'], timeout: TIMEOUT, maxBytes: 1000, ...options })
    clients.push(made)
    return made
  }
  const ask = (from: OutgoingClient, path: string, host = '127.0.0.1') =>
    from.send({ method: 'POST', url: `http://${host}:${port}${path}`, body: '{}' })

  it.each(Object.keys(hostile).filter((path) => !['/ok', '/bye'].includes(path)))(
    '[TOS-5] ends %s with a failure, in time',
    async (path) => {
      const begin = performance.now()
      const answer = await ask(client(), path)
      expect(answer.ok).toBe(false)
      expect(performance.now() - begin).toBeLessThan(LONG_MS)
      // And is as good as new for whoever comes next.
      expect(await ask(client({ timeout: LONG_MS }), '/ok')).toMatchObject({ ok: true, value: { status: 200 } })
    },
  )

  it.each(['/huge-header', '/many-headers', '/headers-without-end'])(
    'reads no more than 16 kB of headers: %s',
    async (path) => {
      expect(await ask(client({ timeout: LONG_MS }), path)).toMatchObject({ error: { reason: 'too-large' } })
    },
  )

  it('[TOS-5] waits for no name server that never answers', async () => {
    const silent = client({ resolve: () => new Promise(() => undefined) })
    const begin = performance.now()
    expect(await ask(silent, '/ok', 'slow.example')).toMatchObject({ error: { reason: 'timeout' } })
    expect(performance.now() - begin).toBeLessThan(LONG_MS)
  })

  it('[TOS-5] lets no name use the connection of another one: each is judged by what it leads to itself', async () => {
    const leads: Record<string, string> = { 'good.example': '127.0.0.1', 'evil.example': '127.0.0.2' }
    const one = client({ timeout: LONG_MS, resolve: async (name) => [{ address: leads[name] ?? '', family: 4 }] })
    expect(await ask(one, '/ok', 'good.example')).toMatchObject({ ok: true })
    expect(await ask(one, '/ok', 'evil.example')).toMatchObject({ error: { reason: 'address-refused' } })
    expect(connections).toBe(1)
  })

  it('[TOS-5] judges a name again with each connection: one that was public a moment ago is refused when it turns inwards', async () => {
    let address = '127.0.0.1'
    const one = client({ timeout: LONG_MS, resolve: async () => [{ address, family: 4 }] })
    expect(await ask(one, '/bye', 'turning.example')).toMatchObject({ ok: true })
    address = '127.0.0.2'
    expect(await ask(one, '/ok', 'turning.example')).toMatchObject({ error: { reason: 'address-refused' } })
    expect(connections).toBe(1)
  })
})
