import { z } from 'zod'
import type { Translate } from './messages/translator.ts'
import { levels } from './strength.ts'

const problem = z.discriminatedUnion('reason', [
  z.object({ reason: z.literal('too-short'), minimum: z.number() }),
  z.object({ reason: z.enum(['missing', 'too-long', 'is-email', 'is-name', 'common', 'breached', 'reused']) }),
])

/** Why a new password was not taken, as a page says it. */
export type NewPasswordProblem = Readonly<z.infer<typeof problem>>

/** What the page after a refused form knows of the password that was sent: never the password. */
export const newPasswordNote = z.object({
  problem: problem.optional(),
  strength: z.enum(levels).optional(),
})
export type NewPasswordNote = z.infer<typeof newPasswordNote>

export const newPasswordText = (t: Translate, problem: NewPasswordProblem): string =>
  problem.reason === 'too-short'
    ? t('passwords.error.too-short', { minimum: problem.minimum })
    : t(`passwords.error.${problem.reason}`)
