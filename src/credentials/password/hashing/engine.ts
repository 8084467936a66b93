import { type Outcome, perform, type Task } from './task.ts'

/** What does the work: a child process, or this one. */
export interface Engine {
  /** Throws `EngineLost` when the process that worked on it is gone. */
  run(task: Task): Promise<Outcome>
  stop(): Promise<void>
}

export class EngineLost extends Error {
  constructor() {
    super('the process that hashed passwords is gone')
  }
}

/** Where a child cannot run. The gate in front lets two in at a time, so that half of libuv's threads stay free. */
export const localEngine: Engine = { run: perform, stop: async () => {} }
