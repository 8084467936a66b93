// Loaded into a server in front of its own code, which is as it is delivered: counts what only the process itself can tell, and writes it
// down whenever it is asked by a signal.
import { renameSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { statementsIn } from './messages.ts'
import type { Told } from './told.ts'

const file = process.env['BENCH_TELLS_INTO']
if (file === undefined) throw new Error('BENCH_TELLS_INTO names no file')

/** Milliseconds between two looks; it is a part of each delay. */
const RESOLUTION = 1
const delays = monitorEventLoopDelay({ resolution: RESOLUTION })
delays.enable()

let statements = 0
const { write } = Socket.prototype
Object.defineProperty(Socket.prototype, 'write', {
  configurable: true,
  writable: true,
  value: function counted(this: Socket, ...given: unknown[]): unknown {
    const [bytes] = given
    // The database is reached by a socket in the file system: it has no address.
    if (this.remoteAddress === undefined && bytes instanceof Uint8Array) statements += statementsIn(bytes)
    return Reflect.apply(write, this, given)
  },
})

process.on('SIGUSR2', () => {
  const [p50, p99] = [delays.percentile(50) / 1e6, delays.percentile(99) / 1e6]
  const told: Told = { statements, delay: { p50, p99, max: delays.max / 1e6 } }
  statements = 0
  delays.reset()
  writeFileSync(`${file}.new`, JSON.stringify(told))
  renameSync(`${file}.new`, file) // Whoever waits for it finds it whole.
})
