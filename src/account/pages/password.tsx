import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { type NewPasswordProblem, newPasswordText } from '../../ui/new-password-problem.ts'
import { type Problem, ProblemSummary } from '../../ui/problem-summary.tsx'
import type { Strength } from '../../ui/strength.ts'
import { Username } from '../../ui/username.tsx'
import { paths } from '../paths.ts'
import { AccountFrame } from './frame.tsx'

export interface PasswordPageProps {
  readonly t: Translate
  readonly email: string
  readonly name: string
  readonly minimum: number
  readonly current?: 'missing' | 'mismatch' | undefined
  readonly next?: NewPasswordProblem | undefined
  /** Of the new one that was sent, and is not in its field any more. */
  readonly typed?: Strength | undefined
  /** Of the attempt as a whole, in words. */
  readonly whole?: string | undefined
}

export const PasswordPage = ({ t, email, name, minimum, current, next, typed, whole }: PasswordPageProps) => {
  const currentError = current && t(`account.error.password-${current}`)
  const problems: Problem[] = [
    ...(whole ? [{ text: whole }] : []),
    ...(currentError ? [{ field: 'current-password', text: currentError }] : []),
    ...(next ? [{ field: 'password', text: newPasswordText(t, next) }] : []),
  ]
  return (
    <AccountFrame t={t} title={t('account.password.title')} at="password" hasProblem={problems.length > 0}>
      <p class="lead">{t('account.password.lead')}</p>
      <ProblemSummary t={t} problems={problems} />
      <div class="narrow">
        <Form t={t} id="change-password" action={paths.password}>
          <Username email={email} />
          <Field
            id="current-password"
            type="password"
            label={t('account.password.current')}
            autocomplete="current-password"
            error={currentError}
            autofocus
          />
          <NewPasswordField
            t={t}
            label={t('account.password.new')}
            minimum={minimum}
            problem={next}
            typed={typed}
            words={[email, name]}
          />
          <Button id="save-password">{t('account.password.submit')}</Button>
        </Form>
      </div>
    </AccountFrame>
  )
}
