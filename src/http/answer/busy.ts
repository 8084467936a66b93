import { AppError } from '../../errors/app-error.ts'

/** Seconds. */
export interface Busy {
  readonly retryAfter: number
}

/** For `catch`: whoever has filled in a form gets that form again, and not an error page. */
export function asBusy(error: unknown): Busy {
  if (error instanceof AppError && error.code === 'busy') return { retryAfter: Math.ceil(error.retryAfter ?? 1) }
  throw error
}
