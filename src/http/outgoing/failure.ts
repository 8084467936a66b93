import { fail, type Result } from '../../lib/result.ts'
import { AddressRefused } from './guarded-lookup.ts'
import type { OutgoingFailure } from './outgoing.ts'
import { AnswerTooLarge } from './read-bounded.ts'

export const failure = (reason: OutgoingFailure['reason'], cause?: unknown): Result<never, OutgoingFailure> =>
  fail(cause === undefined ? { reason } : { reason, cause })

/** undici throws some errors as they are and wraps others; a signal's time-out is a `TimeoutError`, its own end in one. */
export function failureOf(thrown: unknown): Result<never, OutgoingFailure> {
  const causes = thrown instanceof Error ? [thrown, thrown.cause] : []
  if (causes.some((error) => error instanceof AddressRefused)) return failure('address-refused')
  if (causes.some((error) => error instanceof AnswerTooLarge || isOverflow(error))) return failure('too-large')
  if (causes.some((error) => error instanceof Error && error.name.endsWith('TimeoutError'))) return failure('timeout')
  return failure('unreachable', thrown)
}

/** Of headers, by undici. */
const isOverflow = (error: unknown): boolean => error instanceof Error && error.name === 'HeadersOverflowError'
