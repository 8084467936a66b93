import { AppError } from '../../errors/app-error.ts'
import type { RetryRefusal, RevealRefusal } from '../../mail/outbox.ts'

const codes = {
  'not-found': 'mail-not-found',
  erased: 'mail-erased',
  delivered: 'mail-configured',
  'no-server': 'mail-not-configured',
} as const

export const letterRefusal = (refusal: RevealRefusal | RetryRefusal): AppError => new AppError(codes[refusal])
