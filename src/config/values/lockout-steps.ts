import { z } from 'zod'
import { withForm } from './form.ts'
import { measureDuration, writeDuration } from './quantity.ts'

interface LockoutStep {
  /** Failures in a row. */
  readonly failures: number
  /** Milliseconds. */
  readonly lockedFor: number
}

/** `5:5m, 10:10m`: so many failures in a row, so long a pause. From the last step on, every failure. */
export class LockoutSteps {
  readonly steps: readonly LockoutStep[]

  constructor(steps: readonly LockoutStep[]) {
    this.steps = steps
  }

  toString(): string {
    return this.steps.map(({ failures, lockedFor }) => `${failures}:${writeDuration(lockedFor)}`).join(', ')
  }

  toJSON(): string {
    return this.toString()
  }
}

const MOST_STEPS = 20
/** NIST SP 800-63B-4 §3.2.2. */
export const MOST_FAILURES = 100
const SHORTEST = measureDuration('1s')
const LONGEST = measureDuration('24h')

/** Which step is wrong, and how; the value itself is not repeated. */
function stepsIn(text: string): LockoutSteps | { readonly reason: string } {
  const parts = text.split(',').map((part) => part.trim())
  if (parts.length > MOST_STEPS) return { reason: `expected at most ${MOST_STEPS} steps` }
  const steps: LockoutStep[] = []
  for (const [index, part] of parts.entries()) {
    const where = `step ${index + 1} of ${parts.length}`
    const [, count, per = ''] = /^(\d{1,3}):(\d{1,5}[smh])$/.exec(part) ?? []
    if (count === undefined) return { reason: `${where}: expected failures:time, such as 5:5m` }
    const [failures, lockedFor] = [Number(count), measureDuration(per)]
    if (failures < 1 || failures > MOST_FAILURES) return { reason: `${where}: expected 1 to ${MOST_FAILURES} failures` }
    if (lockedFor < SHORTEST || lockedFor > LONGEST) return { reason: `${where}: expected a time from 1s to 24h` }
    const before = steps.at(-1)
    if (before && failures <= before.failures)
      return { reason: `${where}: expected more failures than in the step before it` }
    if (before && lockedFor < before.lockedFor)
      return { reason: `${where}: expected no shorter a time than in the step before it` }
    steps.push({ failures, lockedFor })
  }
  return new LockoutSteps(steps)
}

export const lockoutSteps = () =>
  withForm(
    z.string().transform((text, context): LockoutSteps => {
      const parsed = stepsIn(text)
      if (parsed instanceof LockoutSteps) return parsed
      context.addIssue(parsed.reason)
      return z.NEVER
    }),
    { says: 'steps of failures in a row and the pause after them', suchAs: '5:5m, 10:10m, 15:15m, 20:60m' },
  )
