import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Log } from '../../lib/log.ts'
import type { Http } from '../create-http.ts'
import { listenError } from './listen-error.ts'
import type { NodeSide } from './node-side.ts'
import { trackSilentConnections } from './silent-connections.ts'
import { stopServer } from './stop.ts'
import { readTlsPair, type TlsFiles } from './tls-pair.ts'
import { minVersion, reloadTlsOnChange } from './tls-reload.ts'

export interface ListenOptions {
  readonly http: Http
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly tls?: TlsFiles | undefined
  /** How often the certificate's files are looked at. */
  readonly tlsCheckEveryMs?: number
  /** How long a connection may take to say hello. */
  readonly tlsHandshakeMs?: number
  readonly log: Log
}

export interface HttpServer {
  readonly port: number
  /** Ends when the last connection has. */
  close(graceMs: number): Promise<void>
}

/** A head has 10 s and a whole request 30 s to arrive: a client that drips bytes holds a socket no longer. */
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
}

const optionsOf = ({ IncomingMessage, ServerResponse }: NodeSide) =>
  ({ ...limits, IncomingMessage, ServerResponse }) satisfies ServerOptions

interface Secured {
  readonly files: TlsFiles
  readonly everyMs: number
  readonly handshakeTimeout: number
}

function secure(node: NodeSide, { files, everyMs, handshakeTimeout }: Secured, log: Log) {
  const current = readTlsPair(files)
  const pair = {
    cert: current.cert,
    key: current.key.reveal(),
    minVersion,
    handshakeTimeout,
  } as const
  const server = createTlsServer({ ...optionsOf(node), ...pair }, node.onRequest)
  // Nothing can be said to who is not yet spoken with, and an answer that waits for the handshake waits for ever.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return {
    server,
    unwatch: reloadTlsOnChange({ server, files, current, log, everyMs }),
  }
}

const plain = (node: NodeSide) => ({
  server: createServer(optionsOf(node), node.onRequest),
  unwatch: () => undefined,
})

const opened = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)))
    server.listen({ host, port }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

/** Works the same in a cluster's worker: there Node hands the listening over to the primary. */
export async function listen(options: ListenOptions): Promise<HttpServer> {
  const { http, host, port, tls, tlsCheckEveryMs: everyMs = 10_000, tlsHandshakeMs = 10_000, log } = options
  const { server, unwatch } =
    tls === undefined
      ? plain(http.node)
      : secure(http.node, { files: tls, everyMs, handshakeTimeout: tlsHandshakeMs }, log)
  server.on('clientError', http.node.onClientError)
  server.on('checkContinue', http.node.onExpectation)
  const closeSilent = trackSilentConnections(server)
  try {
    const taken = await opened(server, host, port)
    let stopped: Promise<void> | undefined
    const stop = (graceMs: number) => {
      unwatch()
      http.node.drain()
      const stopping = stopServer(server, graceMs, log)
      closeSilent()
      return stopping
    }
    return {
      port: taken,
      close(graceMs) {
        stopped ??= stop(graceMs)
        return stopped
      },
    }
  } catch (error) {
    unwatch()
    throw error
  }
}
