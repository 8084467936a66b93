import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { type Problem, ProblemSummary } from '../../ui/problem-summary.tsx'
import { paths } from '../paths.ts'
import { AccountFrame } from './frame.tsx'

export interface EmailPageProblems {
  readonly email?: 'missing' | 'invalid' | 'same' | undefined
  readonly password?: 'missing' | 'mismatch' | undefined
  /** Of the attempt as a whole, in words. */
  readonly whole?: string | undefined
}

interface EmailPageProps {
  readonly t: Translate
  readonly present: string
  readonly typed?: string
  readonly problems?: EmailPageProblems
}

export const EmailPage = ({ t, present, typed = '', problems = {} }: EmailPageProps) => {
  const email = problems.email && t(`account.error.email-${problems.email}`)
  const password = problems.password && t(`account.error.password-${problems.password}`)
  const list: Problem[] = [
    ...(problems.whole ? [{ text: problems.whole }] : []),
    ...(email ? [{ field: 'email', text: email }] : []),
    ...(password ? [{ field: 'current-password', text: password }] : []),
  ]
  return (
    <AccountFrame t={t} title={t('account.email.title')} at="email" hasProblem={list.length > 0}>
      <p class="lead">{t.rich('account.email.lead', { email: <Name>{present}</Name> })}</p>
      <ProblemSummary t={t} problems={list} />
      <div class="narrow">
        <Form t={t} id="change-email" action={paths.email}>
          <Field
            id="email"
            type="email"
            label={t('account.email.new')}
            autocomplete="email"
            hint={t('account.email.hint')}
            value={typed}
            error={email}
            autofocus={password === undefined || email !== undefined}
          />
          <Field
            id="current-password"
            type="password"
            label={t('account.password.current')}
            autocomplete="current-password"
            error={password}
            autofocus={password !== undefined && email === undefined}
          />
          <Button id="save-email">{t('account.email.submit')}</Button>
        </Form>
      </div>
    </AccountFrame>
  )
}
