// A Hearthkey of its own process, as small as it can be: what is killed must not be the test.
import { startEmbedded } from '../../src/db/embedded.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { createLog } from '../../src/lib/log.ts'
import { undisturbedLife } from '../support/undisturbed.ts'

const [dataDir = ''] = process.argv.slice(2)
const log = createLog('info', { write: (line: string) => void process.stderr.write(line) })

const leave = (error: unknown) => {
  process.stderr.write(error instanceof AppError ? `${error.code}: ${error.message}\n${error.cure}\n` : `${error}\n`)
  process.stderr.write(`lived ${Math.round(undisturbedLife())} ms\n`)
  process.exit(error instanceof AppError ? error.entry.exit : 1)
}

try {
  const server = await startEmbedded({ dataDir, log })
  void server.exited.then(leave)
  const alive = setInterval(() => {}, 1000)
  process.once('SIGTERM', () => void server.stop().then(() => clearInterval(alive), leave))
  process.stdout.write(`${JSON.stringify({ adopted: server.adopted, socketDir: server.socketDir })}\n`)
} catch (error) {
  leave(error)
}
