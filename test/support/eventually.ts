import { setTimeout } from 'node:timers/promises'

/** Asks again until the answer is there; the deadline is for what never comes. */
export async function eventually<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 30_000,
): Promise<T> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error(`nothing came within ${deadlineMs} ms`)
    await setTimeout(20)
  }
}
