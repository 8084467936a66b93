import { Button } from '../../../ui/button.tsx'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { Name } from '../../../ui/name.tsx'
import { NewPasswordField } from '../../../ui/new-password-field.tsx'
import { type NewPasswordProblem, newPasswordText } from '../../../ui/new-password-problem.ts'
import { type Problem, ProblemSummary } from '../../../ui/problem-summary.tsx'
import type { Strength } from '../../../ui/strength.ts'
import { Username } from '../../../ui/username.tsx'
import { InvitationFrame, type Shown } from './frame.tsx'

interface PageProps {
  readonly t: Translate
  readonly invitation: Shown
  readonly action: `/${string}`
}

/** There is an account, and nobody is signed in: the way back leads to the invitation. */
export const SignInFirstPage = ({ t, invitation, action }: PageProps) => (
  <InvitationFrame t={t} invitation={invitation}>
    <p class="lead">{t.rich('invite.signIn.lead', { email: <Name>{invitation.email}</Name> })}</p>
    <Form t={t} id="sign-in" action={action}>
      <Button id="sign-in-to-accept">{t('invite.signIn.submit')}</Button>
    </Form>
  </InvitationFrame>
)

export interface NewPersonProblems {
  readonly name?: 'missing' | 'invalid'
  readonly password?: NewPasswordProblem
  /** Of the attempt as a whole. */
  readonly busy?: boolean
}

interface NewPersonPageProps extends PageProps {
  readonly minimum: number
  readonly name?: string | undefined
  readonly problems?: NewPersonProblems
  /** Of the password that was sent. */
  readonly strength?: Strength | undefined
}

const fields = ['name', 'password'] as const

/** The address is no field: it is what the link has proven, and nothing else can take its place. */
export const NewPersonPage = (props: NewPersonPageProps) => {
  const { t, invitation, action, minimum, name, problems = {}, strength } = props
  const errors = {
    name: problems.name && t(`invite.new.error.name-${problems.name}`),
    password: problems.password && newPasswordText(t, problems.password),
  }
  const list: Problem[] = [
    ...(problems.busy ? [{ text: t('invite.new.error.busy') }] : []),
    ...fields.flatMap((field) => (errors[field] === undefined ? [] : [{ field, text: errors[field] }])),
  ]
  const startsAtPassword = errors.name === undefined && errors.password !== undefined
  return (
    <InvitationFrame t={t} invitation={invitation} hasProblem={list.length > 0}>
      <p class="lead">{t.rich('invite.new.lead', { email: <Name>{invitation.email}</Name> })}</p>
      <ProblemSummary t={t} problems={list} />
      <Form t={t} id="create" action={action}>
        <Username email={invitation.email} />
        <Field
          id="name"
          label={t('invite.new.name')}
          autocomplete="name"
          value={name}
          error={errors.name}
          autofocus={!startsAtPassword}
        />
        <NewPasswordField
          t={t}
          label={t('invite.new.password')}
          minimum={minimum}
          problem={problems.password}
          typed={strength}
          beside={['name']}
          words={[invitation.email]}
          autofocus={startsAtPassword}
        />
        <Button id="create-and-accept">{t('invite.new.submit')}</Button>
      </Form>
    </InvitationFrame>
  )
}
