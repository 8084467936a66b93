import { AppError } from '../errors/app-error.ts'
import { errorCode } from '../lib/error-code.ts'

/**
 * What the queue keeps of an error. Rows of the queue are plain text and outlive the job, while the message of a
 * foreign error may quote a row, an address or a connection string: so the row gets its name and code, the log gets
 * the rest.
 */
export class JobFailure extends Error {
  override readonly name = 'JobFailure'
  readonly #reason: string

  constructor(cause: unknown) {
    const reason = reasonOf(cause)
    super(reason)
    this.#reason = reason
  }

  toJSON(): { reason: string } {
    return { reason: this.#reason }
  }
}

const plainWord = /^[\w.-]{1,64}$/

function reasonOf(cause: unknown): string {
  if (cause instanceof AppError) return cause.code
  if (!(cause instanceof Error)) return 'not an error'
  return [cause.name, errorCode(cause) ?? ''].filter((word) => plainWord.test(word)).join(' ')
}
