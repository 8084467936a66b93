import { connect, createServer } from 'node:net'

/**
 * The issuer's address holds the port, so that it must be known before the server starts. Merely closed, a port goes to
 * the next one who asks for any, which other tests do meanwhile, and the few thousand that are given out meet within a run.
 * The end of a connection that its server hangs up keeps it from being given out for a minute, and from nobody who names it.
 */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer((served) => served.resume().end()).once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      if (typeof address !== 'object' || !address) return reject(new Error('no port'))
      const { port } = address
      const caller = connect(port, '127.0.0.1').once('error', reject).resume()
      // Whoever closes first is the one that waits: the caller hangs up once the server has.
      caller.once('close', () => probe.close(() => resolve(port)))
    })
  })
