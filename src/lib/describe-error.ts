import { errorCode } from './error-code.ts'

interface DescribedError {
  readonly name: string
  readonly message: string
  readonly errorCode?: string
  readonly stack?: string
  readonly cause?: DescribedError
}

const MAX_DEPTH = 5

/**
 * An error for the log, by the fields that say what broke and where. Libraries hang the rest on it (a database error its
 * row, an HTTP error its request), and there the secrets are.
 */
export function describeError(thrown: unknown, depth = 0): DescribedError {
  if (!(thrown instanceof Error))
    return {
      name: 'NotAnError',
      message: `something of type ${typeof thrown} was thrown`,
    }
  const { name, message, stack, cause } = thrown
  const code = errorCode(thrown)
  return {
    name,
    message,
    ...(code !== undefined && { errorCode: code }),
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && depth < MAX_DEPTH && { cause: describeError(cause, depth + 1) }),
  }
}
