import { errorCode } from '../lib/error-code.ts'
import { AppError } from './app-error.ts'

/** Nobody is kept waiting for a connection to the database for longer: all are in use, or a new one takes its time. */
export const NO_CONNECTION = 'no-connection'
/** The database's word for a seal under a key that was closed meanwhile: this process has not heard of the new one yet. */
const SEALED_UNDER_CLOSED_KEY = 'HK001'

/** Two waited for one another, and the database has rolled this one back: nothing of it was done, and the other goes on. */
export const DEADLOCK = '40P01'

const passing: ReadonlySet<string | undefined> = new Set([NO_CONNECTION, SEALED_UNDER_CLOSED_KEY, DEADLOCK])

/** What a stranger is told of an error without a name: that it happened. The log has the rest under the request id. */
export function named(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return passing.has(errorCode(thrown))
    ? new AppError('unavailable', { cause: thrown, retryAfter: 1 })
    : new AppError('internal-error', { cause: thrown })
}
