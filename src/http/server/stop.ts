import type { Server } from 'node:http'
import type { Log } from '../../lib/log.ts'

/**
 * Nothing new is accepted, idle connections close at once, a request under way is answered, and whoever is not done at
 * the deadline is cut off.
 */
export function stopServer(server: Server, graceMs: number, log: Log): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => {
      log.warn({ graceMs }, 'requests still under way at the end of the grace period were cut off')
      server.closeAllConnections()
    }, graceMs)
    server.close(() => {
      clearTimeout(deadline)
      resolve()
    })
  })
}
