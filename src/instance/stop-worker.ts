import type { Worker } from 'node:cluster'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../lib/log.ts'

/** Asks it to stop, and ends it at the deadline. */
export async function stopWorker(worker: Worker, deadlineMs: number, log: Log): Promise<void> {
  if (worker.isDead() || worker.process.pid === undefined) return
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  worker.process.kill('SIGTERM')
  const late = new AbortController()
  const deadline = delay(deadlineMs, undefined, { signal: late.signal }).then(
    () => {
      log.warn({ pid: worker.process.pid }, 'a worker did not stop in time and is ended')
      worker.process.kill('SIGKILL')
    },
    () => {},
  )
  await gone
  late.abort()
  await deadline
}
