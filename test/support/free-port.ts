import { createServer } from 'node:net'

/**
 * Below those that a system gives to whoever does not ask for a certain one: such a port could be given to somebody else before
 * it is listened on. Each worker of a run has its own part of them.
 */
const [FIRST, PART, WORKERS] = [12_000, 2_500, 8] as const
const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS
// Another run may be under way beside this one.
let next = Math.floor(Math.random() * PART)

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })

/** The issuer's address holds the port, so that it must be known before the server starts. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < PART; tried++) {
    const port = FIRST + worker * PART + (next++ % PART)
    if (await isFree(port)) return port
  }
  throw new Error('no port is free')
}
