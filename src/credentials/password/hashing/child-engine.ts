import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { z } from 'zod'
import { moduleFile } from '../../../lib/program.ts'
import { type Engine, EngineLost } from './engine.ts'
import { PendingTasks } from './pending.ts'

export interface ChildOptions {
  /** Another module in its place: for a test that wants one that fails. */
  readonly module?: string
  readonly threads: number
  readonly startDeadlineMs: number
  /** An answer that takes longer never comes: the child is ended, and another begins anew. */
  readonly taskDeadlineMs: number
  readonly stopDeadlineMs: number
  /** Where none could be started, another is tried after so long. */
  readonly retryAfterMs: number
}

/** How a process ended. */
export interface End {
  readonly pid: number | undefined
  readonly code: number | null
  readonly signal: string | null
}

export interface ChildEngine extends Engine {
  readonly pid: number | undefined
  /** Resolves when it has ended, whoever wanted it. */
  readonly ended: Promise<End>
}

const reply = z.object({
  id: z.int(),
  outcome: z.union([
    z.object({ ok: z.literal(true), value: z.union([z.string(), z.boolean()]) }),
    z.object({ ok: z.literal(false), reason: z.string() }),
  ]),
})

const ownModule = moduleFile('credentials/password/hashing/child')

/** Resolves when the child is ready for work; throws `EngineLost` when it never was. */
export async function startChild(options: ChildOptions): Promise<ChildEngine> {
  const child = fork(options.module ?? ownModule, [], {
    // Nothing of our environment: it holds secrets, and an inspector's port.
    env: { UV_THREADPOOL_SIZE: String(options.threads) },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  lowerPriority(child)
  const ended = endOf(child)
  await readiness(child, ended, options.startDeadlineMs)

  const pending = new PendingTasks()
  void ended.then(() => pending.loseAll())
  child.on('message', (message) => {
    const { id, outcome } = reply.parse(message)
    pending.settle(id, outcome)
  })
  return {
    pid: child.pid,
    ended,
    run: (task) => {
      const { id, outcome } = pending.add(options.taskDeadlineMs, () => child.kill('SIGKILL'))
      child.send({ id, task }, (error) => {
        if (!error) return
        // Its pipe closes before it has ended: who heard of it at once would be sent to the same child again.
        child.kill('SIGKILL')
        void ended.then(() => pending.lose(id))
      })
      return outcome
    },
    stop: async () => {
      if (child.connected) child.disconnect()
      const late = setTimeout(() => child.kill('SIGKILL'), options.stopDeadlineMs)
      await ended
      clearTimeout(late)
    },
  }
}

/**
 * At once, before the child has threads: each begins with the priority of the one that made it, and on Linux this
 * call reaches the first one alone.
 */
function lowerPriority({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // A host that forbids it has a child of ordinary priority, which still has its own threads.
  }
}

const endOf = (child: ChildProcess): Promise<End> =>
  new Promise((resolve) => {
    const { pid } = child
    child.once('exit', (code, signal) => resolve({ pid, code, signal }))
    // Heard each time, or it would be thrown; only where no process came to be is it the end.
    child.on('error', () => {
      if (pid === undefined) resolve({ pid, code: null, signal: null })
    })
  })

async function readiness(child: ChildProcess, ended: Promise<End>, deadlineMs: number): Promise<void> {
  const late = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  const message = once(child, 'message').then(
    ([first]) => first,
    () => undefined,
  )
  const first = await Promise.race([message, ended])
  clearTimeout(late)
  if (first !== 'ready') throw new EngineLost()
}
