import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect as connectPlainly } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { type HttpServer, listen } from '../../src/http/server/listen.ts'
import { type TestHttp, testHttp, until } from './support.ts'

const given = join(import.meta.dirname, '../support/tls')

let dir: string
let http: TestHttp
let server: HttpServer | undefined
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hearthkey-tls-'))
  http = testHttp()
})
afterEach(async () => {
  await server?.close(0)
  server = undefined
  rmSync(dir, { recursive: true, force: true })
})

const files = () => ({ cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') })

function put(source: string, target: string): void {
  copyFileSync(join(given, source), `${target}.new`)
  renameSync(`${target}.new`, target)
}

function place(cert: string, key = cert, folder = dir): void {
  put(`${cert}.cert.pem`, join(folder, 'cert.pem'))
  put(`${key}.key.pem`, join(folder, 'key.pem'))
}

const start = async () => {
  server = await listen({ http, host: '127.0.0.1', port: 0, tls: files(), tlsCheckEveryMs: 20, log: http.captured.log })
  return server.port
}

type Seen = { readonly name: string; readonly protocol: string | null }

const look = (port: number, maxVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3'): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion }, () => {
      const { subject } = socket.getPeerCertificate()
      resolve({ name: String(subject.CN), protocol: socket.getProtocol() })
      socket.destroy()
    })
    socket.on('error', reject)
  })

const serves = (port: number, name: string) => until(async () => (await look(port)).name === `${name}.localhost`)
const complained = () => http.captured.text().includes('the previous one stays in use')

describe('TLS of its own', () => {
  it('[MOS-2] speaks TLS 1.3 and nothing older', async () => {
    place('first')
    const port = await start()
    expect(await look(port)).toEqual({ name: 'first.localhost', protocol: 'TLSv1.3' })
    await expect(look(port, 'TLSv1.2')).rejects.toThrow()
  })

  it('takes a renewed pair that was renamed into place, without a restart', async () => {
    place('first')
    const port = await start()
    place('second')
    await serves(port, 'second')
    await expect(look(port, 'TLSv1.2')).rejects.toThrow()
  })

  it('takes a renewed pair behind a swapped link, as Kubernetes mounts it', async () => {
    for (const name of ['first', 'second'] as const) {
      mkdirSync(join(dir, name))
      place(name, name, join(dir, name))
    }
    symlinkSync('first', join(dir, 'current'))
    symlinkSync('current/cert.pem', join(dir, 'cert.pem'))
    symlinkSync('current/key.pem', join(dir, 'key.pem'))
    const port = await start()
    symlinkSync('second', join(dir, 'next'))
    renameSync(join(dir, 'next'), join(dir, 'current'))
    await serves(port, 'second')
  })

  it('keeps the old pair while the new one is broken or half there, says so, and takes it when whole', async () => {
    place('first')
    const port = await start()
    writeFileSync(files().cert, 'not a certificate')
    await until(complained)
    expect((await look(port)).name).toBe('first.localhost')
    copyFileSync(join(given, 'second.cert.pem'), files().cert)
    expect((await look(port)).name).toBe('first.localhost')
    place('second')
    await serves(port, 'second')
    expect(http.captured.text()).not.toContain('PRIVATE KEY')
  })

  it('stops at once although a connection is open that never asked for anything', async () => {
    place('first')
    const port = await start()
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    const closed = once(socket, 'close')
    // The server sends its session tickets once the handshake is done on its side, too.
    await once(socket, 'session')
    // It would take longer than a test may.
    await server?.close(600_000)
    await closed
  })

  it('does not hold a connection that never says hello', async () => {
    place('first')
    const { port, close } = await listen({
      http,
      host: '127.0.0.1',
      port: 0,
      tls: files(),
      tlsHandshakeMs: 50,
      log: http.captured.log,
    })
    try {
      const socket = connectPlainly(port, '127.0.0.1')
      await once(socket, 'close')
      expect((await look(port)).name).toBe('first.localhost')
    } finally {
      await close(0)
    }
  }, 5000)

  it.each([
    ['missing', () => undefined],
    ['of two different pairs', () => place('first', 'second')],
    ['no PEM', () => writeFileSync(files().key, 'secret-nonsense')],
  ])('does not start when the files are %s, and names them', async (_, prepare) => {
    prepare()
    const error = await start().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'tls-files-unusable', message: expect.stringContaining(files().cert) })
    expect(String(error)).not.toContain('secret-nonsense')
  })
})
