import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** USER_HZ, which Linux shows to every program as 100, whatever the kernel ticks at. */
const TICKS_PER_SECOND = 100

const readProc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // It ended between the listing and the reading.
  }
}

/** The fields after the name, which may itself hold spaces and brackets; the first is the state. */
const statOf = (pid: number) =>
  readProc(pid, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ')
const parentOf = (pid: number) => Number(statOf(pid)[1])

export function descendants(root: number): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const children = Map.groupBy(all, parentOf)
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)])
  return below(root)
}

/** A zombie has ended: it only waits for its parent to ask. */
export const isAlive = (pid: number): boolean => !['', 'Z', 'X'].includes(statOf(pid)[0] ?? '')

/** User and system time of all threads, in steps of 10 ms: measure over a second or more. */
export function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.flatMap((pid) => statOf(pid).slice(11, 13)).map(Number)
  return ticks.reduce((sum, tick) => sum + tick, 0) / TICKS_PER_SECOND
}

/**
 * The same as the kernel's scheduler counts it, for what takes less than a second: of the threads that live, and so only
 * between two moments at which they are the same.
 */
export function schedulerSeconds(pids: readonly number[]): number {
  const nanoseconds = pids.flatMap((pid) =>
    tasksOf(pid).map((task) => Number(readProc(pid, `task/${task}/schedstat`).split(' ')[0])),
  )
  return nanoseconds.reduce((sum, spent) => sum + spent, 0) / 1e9
}

/** The same for one process, by the name of its threads; those that have one name are one. */
export function schedulerSecondsByThread(pid: number): Map<string, number> {
  const seconds = new Map<string, number>()
  for (const task of tasksOf(pid)) {
    const name = readProc(pid, `task/${task}/comm`).trim()
    const spent = Number(readProc(pid, `task/${task}/schedstat`).split(' ')[0]) / 1e9
    seconds.set(name, (seconds.get(name) ?? 0) + spent)
  }
  return seconds
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

/** Proportional set size: a page that n processes share counts 1/n for each, so that a sum counts it once. */
export function megabytes(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(readProc(pid, 'smaps_rollup'))?.[1] ?? 0))
  return kilobytes.reduce((sum, size) => sum + size, 0) / 1024
}

export async function until<T>(
  what: string,
  seconds: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`${what}: not within ${seconds} s`)
    await pause(2)
  }
}

/** At once and without mercy, as the kernel does when memory is short; resolves when all are gone. */
export async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Gone already.
    }
  }
  await until('killed processes end', 10, () => (pids.some(isAlive) ? undefined : true))
}
