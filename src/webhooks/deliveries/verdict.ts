import type { Outcome } from './outcome.ts'

/** Who fails so slowly keeps a worker as long as one who never answers. */
const SLOW_MS = 1_000
/** A timer may ring a moment early. */
const EARLY_MS = 5

/** What an attempt says of whoever was asked, whatever it says of the message. */
export type Verdict = 'there' | 'slow' | 'hangs' | 'refuses' | { readonly asksMs: number }

interface Attempted extends Pick<Outcome, 'status' | 'failure' | 'retryAfter'> {
  readonly durationMs: number
}

export function verdictOf({ status, failure, retryAfter, durationMs }: Attempted, timeout: number): Verdict {
  const atLast = durationMs >= timeout - EARLY_MS
  // A yes whose rest never comes is a yes, and costs as much as silence.
  if (failure === null) return atLast ? 'hangs' : durationMs >= SLOW_MS ? 'slow' : 'there'
  if (retryAfter !== undefined) return { asksMs: retryAfter }
  if (durationMs >= SLOW_MS || atLast || failure === 'timeout') return 'hangs'
  return status !== null && isOfThatMessage(status) ? 'there' : 'refuses'
}

const OF_ANY_MESSAGE = [408, 410, 425, 429]

/** Who does not know a kind of event says so at once, and takes the others: it is no reason to keep those back. */
const isOfThatMessage = (status: number): boolean => status >= 400 && status < 500 && !OF_ANY_MESSAGE.includes(status)
