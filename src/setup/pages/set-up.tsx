import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { type NewPasswordProblem, newPasswordText } from '../../ui/new-password-problem.ts'
import { type Problem, ProblemSummary } from '../../ui/problem-summary.tsx'
import type { Strength } from '../../ui/strength.ts'

export interface SetUpProblems {
  readonly name?: 'missing' | 'invalid' | undefined
  readonly email?: 'missing' | 'invalid' | 'taken' | undefined
  readonly password?: NewPasswordProblem | undefined
  /** Of the attempt as a whole. */
  readonly busy?: boolean
}

interface SetUpPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly minimum: number
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly problems?: SetUpProblems
  /** Of the password that was sent. */
  readonly strength?: Strength | undefined
}

export const SetUpPage = ({ t, action, minimum, name, email, problems = {}, strength }: SetUpPageProps) => {
  const errors = inWords(t, problems)
  const first = fields.find((field) => errors[field] !== undefined) ?? 'name'
  const list: Problem[] = [
    ...(problems.busy ? [{ text: t('setup.error.busy') }] : []),
    ...fields.flatMap((field) => (errors[field] === undefined ? [] : [{ field, text: errors[field] }])),
  ]
  return (
    <Layout t={t} title={t('setup.title')} hasProblem={list.length > 0}>
      <h1>{t('setup.title')}</h1>
      <p class="lead">{t('setup.lead', { app: t('app.name') })}</p>
      <ProblemSummary t={t} problems={list} />
      <Form t={t} id="setup" action={action}>
        <Field
          id="name"
          label={t('setup.name')}
          autocomplete="name"
          value={name}
          error={errors.name}
          autofocus={first === 'name'}
        />
        <Field
          id="email"
          type="email"
          label={t('setup.email')}
          autocomplete="username"
          value={email}
          error={errors.email}
          autofocus={first === 'email'}
        />
        <NewPasswordField
          t={t}
          label={t('setup.password')}
          minimum={minimum}
          problem={problems.password}
          typed={strength}
          beside={['name', 'email']}
          autofocus={first === 'password'}
        />
        <Button id="create-admin">{t('setup.submit')}</Button>
      </Form>
    </Layout>
  )
}

const fields = ['name', 'email', 'password'] as const

function inWords(t: Translate, { name, email, password }: SetUpProblems) {
  return {
    name: name && t(`setup.error.name-${name}`),
    email: email && t(`setup.error.email-${email}`),
    password: password && newPasswordText(t, password),
  }
}
