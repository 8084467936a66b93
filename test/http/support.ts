import { connect } from 'node:net'
import { createHttp, type Http } from '../../src/http/create-http.ts'
import { type HttpServer, listen } from '../../src/http/server/listen.ts'
import type { HttpOptions } from '../../src/http/stack.ts'
import { type CapturedLog, captureLog } from '../support/log.ts'

export const issuerUrl = 'https://id.example.com'

export interface TestHttp extends Http {
  readonly captured: CapturedLog
}

export function testHttp(options: Partial<HttpOptions> = {}): TestHttp {
  const captured = captureLog()
  const http = createHttp({
    issuerUrl,
    trustedProxies: [],
    bodyLimit: 1024,
    programmatic: ['/oauth/token', '/api/*'],
    log: captured.log,
    ...options,
  })
  return { ...http, captured }
}

export interface Served extends HttpServer {
  readonly url: string
}

export async function serve(http: TestHttp, port = 0): Promise<Served> {
  const server = await listen({ http, host: '127.0.0.1', port, log: http.captured.log })
  return { ...server, url: `http://127.0.0.1:${server.port}` }
}

/** Bytes in, bytes out: what no HTTP client would agree to send. Resolves when the server ends the connection. */
export function rawRequest(port: number, text: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
    socket.write(text)
  })
}

export const get = (target: string, ...headers: string[]): string =>
  `${[`GET ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`

export async function until(condition: () => boolean | Promise<boolean>, deadlineMs = 30_000): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('the condition was not met in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
