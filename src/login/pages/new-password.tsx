import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { type NewPasswordProblem, newPasswordText } from '../../ui/new-password-problem.ts'
import { type Problem, ProblemSummary } from '../../ui/problem-summary.tsx'
import { span } from '../../ui/span.ts'
import type { Strength } from '../../ui/strength.ts'
import { Username } from '../../ui/username.tsx'

export interface NewPasswordPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly cancel: `/${string}`
  readonly client: { readonly name: string }
  readonly person: { readonly email: string; readonly name: string }
  readonly minimum: number
  readonly problem?: NewPasswordProblem | undefined
  readonly busy?: boolean
  /** There were too many tries: until the next one is judged. */
  readonly waitSeconds?: number | undefined
  /** Of the password that was sent. */
  readonly strength?: Strength | undefined
}

/** For whoever has proven everything, with a password that everybody tries. */
export const NewPasswordPage = (props: NewPasswordPageProps) => {
  const { t, action, cancel, client, person, minimum, problem, busy = false, waitSeconds, strength } = props
  const problems: Problem[] = [
    ...(busy ? [{ text: t('login.error.busy') }] : []),
    ...(waitSeconds === undefined ? [] : [{ text: t('guard.signIn.limited', { time: span(t, waitSeconds) }) }]),
    ...(problem ? [{ field: 'password', text: newPasswordText(t, problem) }] : []),
  ]
  return (
    <Layout t={t} title={t('login.newPassword.title')} hasProblem={problems.length > 0}>
      <h1>{t('login.newPassword.title')}</h1>
      <p class="lead">{t.rich('login.newPassword.lead', { client: <Name>{client.name}</Name> })}</p>
      <ProblemSummary t={t} problems={problems} />
      <Form t={t} id="new-password" action={action}>
        <Username email={person.email} />
        <NewPasswordField
          t={t}
          label={t('login.newPassword.label')}
          minimum={minimum}
          problem={problem}
          typed={strength}
          words={[person.email, person.name]}
          autofocus
        />
        <Button id="save-password">{t('login.newPassword.submit')}</Button>
      </Form>
      <Form t={t} id="cancel" action={cancel}>
        <Button id="cancel-sign-in" kind="quiet">
          {t('login.cancel')}
        </Button>
      </Form>
    </Layout>
  )
}
