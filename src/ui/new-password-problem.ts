import type { Translate } from './messages/translator.ts'

/** Why a new password was not taken, as a page says it. */
export type NewPasswordProblem =
  | { readonly reason: 'too-short'; readonly minimum: number }
  | { readonly reason: 'missing' | 'too-long' | 'is-email' | 'is-name' | 'common' | 'breached' | 'reused' }

export const newPasswordText = (t: Translate, problem: NewPasswordProblem): string =>
  problem.reason === 'too-short'
    ? t('passwords.error.too-short', { minimum: problem.minimum })
    : t(`passwords.error.${problem.reason}`)
