import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { type NewPasswordProblem, newPasswordText } from '../../ui/new-password-problem.ts'
import { type Problem, ProblemSummary } from '../../ui/problem-summary.tsx'
import type { Strength } from '../../ui/strength.ts'
import { Username } from '../../ui/username.tsx'

export interface ConfirmPageProblems {
  readonly name?: 'missing' | 'invalid' | undefined
  readonly password?: NewPasswordProblem | undefined
  /** Of the attempt as a whole. */
  readonly busy?: boolean
}

interface ConfirmPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly email: string
  readonly minimum: number
  readonly name?: string | undefined
  readonly problems?: ConfirmPageProblems
  /** Of the password that was sent. */
  readonly strength?: Strength | undefined
}

/** The address is no field: it is what the link has proven, and nothing else can take its place. */
export const ConfirmPage = ({ t, action, email, minimum, name, problems = {}, strength }: ConfirmPageProps) => {
  const errors = {
    name: problems.name && t(`registration.confirm.error.name-${problems.name}`),
    password: problems.password && newPasswordText(t, problems.password),
  }
  const list: Problem[] = [
    ...(problems.busy ? [{ text: t('registration.error.busy') }] : []),
    ...fields.flatMap((field) => (errors[field] === undefined ? [] : [{ field, text: errors[field] }])),
  ]
  const startsAtPassword = errors.name === undefined && errors.password !== undefined
  return (
    <Layout t={t} title={t('registration.confirm.title')} hasProblem={list.length > 0}>
      <h1>{t('registration.confirm.title')}</h1>
      <p class="lead">{t.rich('registration.confirm.lead', { email: <Name>{email}</Name> })}</p>
      <ProblemSummary t={t} problems={list} />
      <Form t={t} id="confirm" action={action}>
        <Username email={email} />
        <Field
          id="name"
          label={t('registration.confirm.name')}
          autocomplete="name"
          value={name}
          error={errors.name}
          autofocus={!startsAtPassword}
        />
        <NewPasswordField
          t={t}
          label={t('registration.confirm.password')}
          minimum={minimum}
          problem={problems.password}
          typed={strength}
          beside={['name']}
          words={[email]}
          autofocus={startsAtPassword}
        />
        <Button id="create-account">{t('registration.confirm.submit')}</Button>
      </Form>
    </Layout>
  )
}

const fields = ['name', 'password'] as const
