import { Alert } from '../../ui/alert.tsx'
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

interface NewPasswordPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly email: string
  /** It takes more away than the password. */
  readonly takesFactors?: boolean
  readonly minimum: number
  readonly problem?: NewPasswordProblem | undefined
  readonly busy?: boolean
  /** There were too many tries: until the next one is judged. */
  readonly waitSeconds?: number | undefined
  /** Of the password that was sent. */
  readonly strength?: Strength | undefined
}

export const NewPasswordPage = (props: NewPasswordPageProps) => {
  const { t, action, email, takesFactors = false, minimum, problem, busy = false, waitSeconds, strength } = props
  const list: Problem[] = [
    ...(busy ? [{ text: t('recovery.error.busy') }] : []),
    ...(waitSeconds === undefined ? [] : [{ text: t('recovery.error.limited', { time: span(t, waitSeconds) }) }]),
    ...(problem ? [{ field: 'password', text: newPasswordText(t, problem) }] : []),
  ]
  return (
    <Layout t={t} title={t('recovery.password.title')} hasProblem={list.length > 0}>
      <h1>{t('recovery.password.title')}</h1>
      <p class="lead">{t.rich('recovery.password.lead', { email: <Name>{email}</Name> })}</p>
      {takesFactors && (
        <Alert tone="notice" id="takes-factors">
          <p>{t('recovery.password.takesFactors')}</p>
        </Alert>
      )}
      <ProblemSummary t={t} problems={list} />
      <Form t={t} id="new-password" action={action}>
        <Username email={email} />
        <NewPasswordField
          t={t}
          label={t('recovery.password.label')}
          minimum={minimum}
          problem={problem}
          typed={strength}
          words={[email]}
          autofocus
        />
        <Button id="save-password">{t('recovery.password.submit')}</Button>
      </Form>
    </Layout>
  )
}
