import { ServerResponse, STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError } from '../../errors/app-error.ts'
import type { ErrorCode } from '../../errors/catalogue.ts'
import type { Answer } from '../answer/answer.ts'
import type { Exchange } from '../exchange.ts'
import type { Stack } from '../stack.ts'

export interface ClientError extends Error {
  readonly code?: string
  /** The bytes that the parser stumbled over. */
  readonly rawPacket?: Buffer
}

const named: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'head-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

/** How much, and for how long, of a refused request is read and dropped so that the client gets to read the answer. */
const PATIENCE = { bytes: 2 * 1024 * 1024, ms: 5000 } as const

/**
 * What the parser refused has no request to answer. It is answered all the same like any other, under an id that stands
 * in the log, with nothing of what was sent; then the connection ends.
 */
export function clientErrors({ open, respond, sealing }: Pick<Stack, 'open' | 'respond' | 'sealing'>) {
  const drained = new WeakMap<Duplex, number>()

  return (error: ClientError, socket: Duplex): void => {
    const until = drained.get(socket)
    // The parser goes on to complain about every piece that still arrives.
    if (until !== undefined) {
      if (error.rawPacket === undefined || bytesOf(socket) > until) socket.destroy()
      return
    }
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
      socket.destroy()
      return
    }
    const code = named[error.code ?? ''] ?? 'bad-request'
    const exchange = open({ ...headFor(error), hostLines: 1, peer: peerOf(socket) })
    const answer = respond(exchange, new AppError(code))
    exchange.log.info(
      { error: code, reason: error.code, status: answer.status, ip: exchange.clientIp },
      'what came could not be read as a request',
    )
    drained.set(socket, bytesOf(socket) + PATIENCE.bytes)
    const cut = setTimeout(() => socket.destroy(), PATIENCE.ms).unref()
    socket.once('close', () => clearTimeout(cut))
    socket.end(onTheWire(answer, exchange, sealing.standing))
  }
}

/** Whoever asks by GET is mostly a person with a browser, for the rest of the head is not to be believed. */
const headFor = ({ rawPacket }: ClientError) => {
  const isPage = rawPacket?.subarray(0, 4).toString('latin1') === 'GET '
  return { method: isPage ? 'GET' : 'POST', target: '/', headers: { accept: isPage ? 'text/html' : '*/*' } }
}

const peerOf = (socket: Duplex): string | undefined => (socket instanceof Socket ? socket.remoteAddress : undefined)
const bytesOf = (socket: Duplex): number => (socket instanceof Socket ? socket.bytesRead : 0)

/** A second answer in the middle of a first would be read as its end. */
function isAnswering(socket: Duplex): boolean {
  const current: unknown = Reflect.get(socket, '_httpMessage')
  return current instanceof ServerResponse && current.headersSent
}

function onTheWire(answer: Answer, { requestId }: Exchange, standing: Stack['sealing']['standing']): string {
  const body = answer.body ?? ''
  const headers = {
    ...Object.fromEntries(standing),
    ...answer.headers,
    'X-Request-Id': requestId,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `${[`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`, ...lines].join('\r\n')}\r\n\r\n${body}`
}
