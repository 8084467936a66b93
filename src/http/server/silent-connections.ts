import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Browsers open connections ahead of need. Node counts one that has not asked for anything yet as busy, so every stop
 * would wait for it.
 */
export function trackSilentConnections(server: Server): () => void {
  const silent = new Set<Socket>()
  const add = (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  }
  server.on(server.listenerCount('secureConnection') > 0 ? 'secureConnection' : 'connection', add)
  const spoke = ({ socket }: IncomingMessage) => silent.delete(socket)
  server.on('request', spoke)
  server.on('checkContinue', spoke)
  return () => {
    for (const socket of silent) socket.destroy()
  }
}
