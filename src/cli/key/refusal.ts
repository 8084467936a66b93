import { AppError } from '../../errors/app-error.ts'
import type { NoSuchKey, TooYoung } from '../../keyring/signing/service.ts'

/** What the service answers as a value leaves the program as an error with a name. */
export function refusal(error: TooYoung | NoSuchKey, kid?: string): AppError {
  switch (error.reason) {
    case 'too-young':
      return new AppError('key-too-young', { detail: `It may sign from ${error.readyAt.toISOString()}.` })
    case 'not-found':
      return new AppError('key-not-found', { detail: `No signing key has the kid ${kid}.` })
    case 'already-retired':
      return new AppError('key-not-found', { detail: `The key ${kid} is retired already.` })
    case 'already-gone':
      return new AppError('key-not-found', { detail: `The key ${kid} is gone already.` })
  }
}
