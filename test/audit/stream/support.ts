import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { onTestFinished } from 'vitest'
import { createEntryOpener } from '../../../src/audit/entry/opened.ts'
import { createPump, type PumpDeps } from '../../../src/audit/stream/pump.ts'
import type { StreamTarget } from '../../../src/audit/stream/target.ts'
import { fail } from '../../../src/lib/result.ts'
import { chainWorld } from '../chain/support.ts'

/** A log that grows, and somebody who takes it somewhere. */
export async function streamWorld() {
  const world = await chainWorld()
  const opener = createEntryOpener({ persons: async () => async () => fail('erased') })
  const deps: PumpDeps = { owner: world.owner, opener, clock: world.clock, log: world.log.log }
  const pumpTo = (target: StreamTarget, more: Partial<PumpDeps> = {}) => createPump({ ...deps, ...more }, target)
  return {
    ...world,
    deps,
    pumpTo,
    /** Writes events and puts them into the chain; answers how long it is now. */
    grow: async (by: number) => {
      for (let each = 0; each < by; each++) await world.write(`key_${each}`)
      await world.append()
      return Number((await world.head()).seq)
    },
    place: async (name: string) => {
      const row = await world.owner
        .selectFrom('audit_followers')
        .select('seq')
        .where('name', '=', name)
        .executeTakeFirst()
      return row && Number(row.seq)
    },
    said: (text: string) => world.log.lines().filter(({ msg }) => String(msg).includes(text)).length,
  }
}

export const numbersTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1)

interface ReceiverOptions {
  readonly tls?: 'first' | 'second'
  readonly port?: number
  /** Whose certificate it asks for. */
  readonly asksFor?: 'first' | 'second'
  /** Like one that takes the connection and then does nothing. */
  readonly reads?: boolean
}

export const tlsPath = (name: string) => join(import.meta.dirname, '../../support/tls', name)
const tlsFile = (name: string) => readFileSync(tlsPath(name), 'utf8')
export const certificate = (which: 'first' | 'second') => tlsFile(`${which}.cert.pem`)

/** A syslog server: it reads messages by their counted length, and closes behind whoever closes. */
export async function receiver({ tls, asksFor, port = 0, reads = true }: ReceiverOptions = {}) {
  const messages: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let cut: { readonly behind: number; readonly by: () => void } | undefined
  const onSocket = (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    if (!reads) return void socket.pause()
    let held = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk])
      for (;;) {
        const space = held.indexOf(0x20)
        const length = space < 0 ? Number.NaN : Number(held.subarray(0, space).toString())
        if (!(held.length >= space + 1 + length)) return
        if (cut && messages.length >= cut.behind) {
          const { by } = cut
          cut = undefined
          return by()
        }
        messages.push(held.subarray(space + 1, space + 1 + length).toString('utf8'))
        held = held.subarray(space + 1 + length)
      }
    })
  }
  const server: Server = tls
    ? createTlsServer(
        {
          cert: tlsFile(`${tls}.cert.pem`),
          key: tlsFile(`${tls}.key.pem`),
          ...(asksFor && { requestCert: true, rejectUnauthorized: true, ca: certificate(asksFor) }),
        },
        onSocket,
      )
    : createServer(onSocket)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  onTestFinished(stop)
  return {
    port: address.port,
    messages,
    connections: () => connections,
    /** What the messages say they are, by their own JSON. */
    numbers: () => messages.map((message) => Number(/"seq":(\d+)/.exec(message)?.[1])),
    cutAll: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    /** Behind so many messages, in the middle of the next. */
    cutBehind: (behind: number, by: () => void) => {
      cut = { behind, by }
    },
    stop,
  }
}

/** The network between: it can be cut, whatever is spoken over it. */
export async function cable(to: number) {
  const ends = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one)
      one.on('error', () => {})
      one.on('close', () => ends.delete(one))
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const cut = () => {
    for (const end of ends) end.resetAndDestroy()
  }
  onTestFinished(async () => {
    cut()
    server.close()
    await once(server, 'close')
  })
  return { port: address.port, cut }
}
