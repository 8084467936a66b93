// What runs in the child process. It loads nothing but the hash functions, and lives as long as its parent is there.
import { perform, type Task } from './task.ts'

interface Request {
  readonly id: number
  readonly task: Task
}

// Ctrl-C reaches the whole group of processes: the parent finishes what runs and then lets go of us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('disconnect', () => process.exit(0))

const answer = (message: unknown) => {
  if (process.connected) process.send?.(message)
}

process.on('message', async ({ id, task }: Request) => answer({ id, outcome: await perform(task) }))
answer('ready')
