import { argon2Hasher } from '../../credentials/password/hashing/hasher.ts'
import type { Log } from '../../lib/log.ts'
import { Secret } from '../../lib/secret.ts'

const MIB = 1024 * 1024
/** OWASP's least, its first recommendation, and on from there. */
const STEPS = [19, 46, 64, 96, 128, 192, 256, 384, 512]
const LEAST_PASSES = 2
const MOST_PASSES = 20
const SAMPLES = 3

export interface Choice {
  /** MiB. */
  readonly memory: number
  readonly iterations: number
  /** Milliseconds of one hash. */
  readonly takes: number
}

/** The median, in the process and at the priority in which a server hashes. The first also starts that process. */
async function timeOf(memory: number, iterations: number, log: Log): Promise<number> {
  const hasher = argon2Hasher({ settings: { memory: memory * MIB, iterations, queue: 1 }, log })
  try {
    const password = new Secret('as long as most passwords are')
    await hasher.hash(password)
    const times: number[] = []
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const started = performance.now()
      await hasher.hash(password)
      times.push(performance.now() - started)
    }
    return times.toSorted((a, b) => a - b)[Math.floor(SAMPLES / 2)] ?? 0
  } finally {
    await hasher.stop()
  }
}

interface Wish {
  /** Milliseconds that one hash may take. */
  readonly target: number
  /** Milliseconds for all of it; the step that is under way is finished. */
  readonly budget: number
  readonly freeMemory: number
}

/**
 * For each amount of memory as many passes as fit. It goes up until two passes take longer than wished, until memory or
 * time is used up: so a slow machine is asked little, and a fast one no more than seconds.
 */
export async function measure({ target, budget, freeMemory }: Wish, log: Log): Promise<Choice[]> {
  const until = performance.now() + budget
  const fitting: Choice[] = []
  for (const memory of STEPS) {
    if (fitting.length > 0 && (performance.now() > until || 4 * memory * MIB > freeMemory)) break
    const least = await timeOf(memory, LEAST_PASSES, log)
    const iterations = Math.min(MOST_PASSES, Math.floor((LEAST_PASSES * target) / least))
    if (iterations < LEAST_PASSES && fitting.length > 0) break
    // Passes take the same time each.
    const passes = Math.max(iterations, LEAST_PASSES)
    fitting.push({ memory, iterations: passes, takes: Math.round((least * passes) / LEAST_PASSES) })
    if (iterations < LEAST_PASSES) break
  }
  return fitting
}
