import { catalogue, type ErrorCode } from './catalogue.ts'

interface AppErrorOptions {
  /** More about this occurrence. Shown to whoever asked: never a secret, never a query, never a path a stranger should not know. */
  readonly detail?: string
  /** What mends this occurrence, where it is more precise than the catalogue's. Shown like `detail`. */
  readonly cure?: string
  /** The inner reason: goes to the log alone. */
  readonly cause?: unknown
  /** Seconds, for the `Retry-After` header of a 429 or 503. */
  readonly retryAfter?: number
  /** What else the head of the answer says, such as how much is left of a limit. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An error with a name in the catalogue: one responder turns it into a page, a problem document or an exit code. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly cure: string
  readonly retryAfter: number | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? catalogue[code].title, { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.cure = options.cure ?? catalogue[code].cure
    this.retryAfter = options.retryAfter
    this.headers = options.headers ?? {}
  }

  get entry() {
    return catalogue[this.code]
  }
}
