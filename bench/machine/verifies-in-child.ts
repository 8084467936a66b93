import { availableParallelism } from 'node:os'
import { type ChildEngine, startChild } from '../../src/credentials/password/hashing/child-engine.ts'
import { cpuSeconds } from '../support/processes.ts'
import { stored, word } from './verifies.ts'

const SECONDS = 2
/** As many as the server lets in at a time. */
const IN_FLIGHT = Math.min(2, availableParallelism())
const deadlines = { startDeadlineMs: 20_000, taskDeadlineMs: 20_000, stopDeadlineMs: 3_000, retryAfterMs: 60_000 }

export interface VerifyRate {
  readonly perCpuSecond: number
  /** With nothing else to do for this machine. */
  readonly perSecond: number
}

export interface VerifyingChild extends AsyncDisposable {
  measure(): Promise<VerifyRate>
}

/**
 * Argon2id and nothing else, in the way in which the server does it: its own child process, at its low priority, as many in
 * flight. Two at a time share the caches and the way to memory, so each takes more CPU than one alone: compared with one
 * alone, a sign-in would be charged for that.
 */
export async function startVerifyingChild(): Promise<VerifyingChild> {
  const child = await startChild({ threads: IN_FLIGHT, ...deadlines })
  return { measure: () => measure(child), [Symbol.asyncDispose]: () => child.stop() }
}

async function measure({ pid, run }: ChildEngine): Promise<VerifyRate> {
  if (pid === undefined) throw new Error('the child that verifies could not be started')
  const started = performance.now()
  const before = cpuSeconds([pid])
  let times = 0
  const one = async () => {
    while (performance.now() - started < SECONDS * 1000) {
      const outcome = await run({ kind: 'verify', password: word, phc: stored })
      if (!outcome.ok || outcome.value !== true) throw new Error('a right password was not verified')
      times++
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, one))
  return {
    perCpuSecond: times / (cpuSeconds([pid]) - before),
    perSecond: times / ((performance.now() - started) / 1000),
  }
}
