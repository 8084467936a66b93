import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Secret } from '../../../lib/secret.ts'

export interface SyslogAddress {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

/** In PEM. */
export interface ClientCertificate {
  readonly cert: string
  readonly key: Secret<string>
}

export interface ConnectOptions {
  readonly address: SyslogAddress
  /** PEM; without it, the authorities that Node knows. */
  readonly ca: string | undefined
  /** What proves who we are to a receiver that asks (RFC 5425, section 4.2). */
  readonly client?: (() => ClientCertificate) | undefined
  readonly timeoutMs: number
}

/** Over TLS only to whoever proves to be that host; the operator named it, so no other rule judges the address. */
export function connect({ address, ca, client, timeoutMs }: ConnectOptions): Promise<Socket> {
  const { host, port, tls } = address
  return new Promise((resolve, reject) => {
    // Kept open when they close: what they say by closing is our acknowledgement.
    const socket = tls
      ? connectTls({
          host,
          port,
          ...(ca !== undefined && { ca }),
          ...(client && shown(client())),
          ...(isIP(host) === 0 && { servername: host }),
          minVersion: 'TLSv1.2',
        })
      : connectTcp({ host, port })
    const give = (error: Error) => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    const timer = setTimeout(() => give(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs)
    socket.once('error', give)
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      socket.off('error', give)
      resolve(socket)
    })
  })
}

const shown = ({ cert, key }: ClientCertificate) => ({ cert, key: key.reveal() })
