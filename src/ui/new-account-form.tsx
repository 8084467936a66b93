import { Button } from './button.tsx'
import { Field } from './field.tsx'
import { Form } from './form.tsx'
import type { Translate } from './messages/translator.ts'
import { NewPasswordField } from './new-password-field.tsx'
import { type NewPasswordProblem, newPasswordText } from './new-password-problem.ts'
import { type Problem, ProblemSummary } from './problem-summary.tsx'
import { span } from './span.ts'
import type { Strength } from './strength.ts'
import { Username } from './username.tsx'

export interface NewAccountProblems {
  readonly name?: 'missing' | 'invalid' | undefined
  readonly password?: NewPasswordProblem | undefined
  /** Of the attempt as a whole. */
  readonly busy?: boolean
  /** There were too many tries: until the next one is judged. */
  readonly waitSeconds?: number | undefined
}

/** What the page around it hands on. */
export interface NewAccountProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly minimum: number
  readonly name?: string | undefined
  readonly problems?: NewAccountProblems | undefined
  /** Of the password that was sent. */
  readonly strength?: Strength | undefined
}

interface NewAccountFormProps extends NewAccountProps {
  readonly id: string
  readonly email: string
  readonly button: { readonly id: string; readonly text: string }
}

export const hasNewAccountProblem = ({ name, password, busy, waitSeconds }: NewAccountProblems = {}): boolean =>
  name !== undefined || password !== undefined || busy === true || waitSeconds !== undefined

/** The address is no field: it is what a link has proven, and nothing else can take its place. */
export const NewAccountForm = (props: NewAccountFormProps) => {
  const { t, id, action, email, button, minimum, name, problems = {}, strength } = props
  const errors = {
    name: problems.name && t(`newAccount.error.name-${problems.name}`),
    password: problems.password && newPasswordText(t, problems.password),
  }
  const list: Problem[] = [
    ...(problems.busy ? [{ text: t('newAccount.error.busy') }] : []),
    ...(problems.waitSeconds === undefined
      ? []
      : [{ text: t('newAccount.error.limited', { time: span(t, problems.waitSeconds) }) }]),
    ...fields.flatMap((field) => (errors[field] === undefined ? [] : [{ field, text: errors[field] }])),
  ]
  const startsAtPassword = errors.name === undefined && errors.password !== undefined
  return (
    <>
      <ProblemSummary t={t} problems={list} />
      <Form t={t} id={id} action={action}>
        <Username email={email} />
        <Field
          id="name"
          label={t('newAccount.name')}
          autocomplete="name"
          value={name}
          error={errors.name}
          autofocus={!startsAtPassword}
        />
        <NewPasswordField
          t={t}
          label={t('newAccount.password')}
          minimum={minimum}
          problem={problems.password}
          typed={strength}
          beside={['name']}
          words={[email]}
          autofocus={startsAtPassword}
        />
        <Button id={button.id}>{button.text}</Button>
      </Form>
    </>
  )
}

const fields = ['name', 'password'] as const
