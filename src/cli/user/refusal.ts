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

const unfit = (detail: string, cure: string) => new AppError('password-refused', { detail, cure })

export function passwordRefusal(refusal: PasswordRefusal): AppError {
  switch (refusal.reason) {
    case 'too-short':
      return unfit('The password is too short.', `Choose one of at least ${refusal.minimum} characters.`)
    case 'too-long':
      return unfit('The password is too long.', `Choose one of at most ${refusal.maximumBytes} bytes.`)
    case 'is-email':
      return unfit('The password is the e-mail address.', 'Choose one that nobody can guess.')
    case 'is-name':
      return unfit('The password is the name of the person.', 'Choose one that nobody can guess.')
    case 'common':
      return unfit('The password is among the first that are tried.', 'Choose one that nobody can guess.')
    case 'breached':
      return unfit('The password stands on lists of stolen passwords.', 'Choose one that nobody else has used.')
    case 'reused':
      return unfit('The password was used lately.', 'Choose one that this person has not used before.')
  }
}

export function statusRefusal(refusal: Exclude<DisableRefusal, 'already'>): AppError {
  return new AppError(refusal === 'last-admin' ? 'last-administrator' : 'user-not-found')
}
