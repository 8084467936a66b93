import { openDatabase } from '../../src/db/database.ts'
import { handle } from '../../src/jobs/handler.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { createLog } from '../../src/lib/log.ts'
import { noteKind } from './note-kind.ts'

const [socketDir = '', database = ''] = process.argv.slice(2)
const log = createLog('silent')
const { ownerPool } = openDatabase({ target: { kind: 'embedded', socketDir, database }, poolSize: 1, log })

/** Takes a job, says so and never ends it: its parent kills it. */
const never = handle(noteKind, async ({ noteId }) => {
  process.stdout.write(`${noteId}\n`)
  await new Promise(() => {})
})
await startWorker({ pool: ownerPool, handlers: [never], log })
