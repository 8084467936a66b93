import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Wire {
  readonly port: number
  /** Breaks every connection, as a pulled cable or a killed peer does; new ones come through. */
  cut(): void
}

/** A way to a port of this machine that can be cut. */
export async function wireTo(port: number): Promise<Wire> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    }
    near.pipe(far).pipe(near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  onTestFinished(() => {
    server.close()
    cut()
  })
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, cut }
}
