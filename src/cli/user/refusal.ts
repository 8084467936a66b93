import type { PasswordRefusal } from '../../credentials/password/password.ts'
import { AppError } from '../../errors/app-error.ts'
import type { CreateRefusal } from '../../users/create.ts'
import type { DisableRefusal } from '../../users/status.ts'

const wrong = (detail: string, cure: string) => new AppError('usage-error', { detail, cure })

export function personRefusal(refusal: CreateRefusal): AppError {
  switch (refusal) {
    case 'email-taken':
      return new AppError('email-taken')
    case 'email-invalid':
      return wrong(
        'That is not an e-mail address that can be used here.',
        'Give --email an address like name@example.com, with plain letters before the @.',
      )
    case 'name-invalid':
      return wrong(
        'That is not a name that can be used here.',
        'Give --name 1 to 200 characters on one line, without control characters.',
      )
  }
}

export function passwordRefusal(refusal: PasswordRefusal): AppError {
  switch (refusal.reason) {
    case 'too-short':
      return wrong('The password is too short.', `Choose one of at least ${refusal.minimum} characters.`)
    case 'too-long':
      return wrong('The password is too long.', `Choose one of at most ${refusal.maximumBytes} bytes.`)
    case 'is-email':
      return wrong('The password is the e-mail address.', 'Choose one that nobody can guess.')
  }
}

export function statusRefusal(refusal: Exclude<DisableRefusal, 'already'>): AppError {
  return new AppError(refusal === 'last-admin' ? 'last-administrator' : 'user-not-found')
}
