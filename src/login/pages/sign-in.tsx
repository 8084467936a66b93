import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { type Problem, ProblemSummary, SUMMARY_ID } from '../../ui/problem-summary.tsx'

/** Of the attempt as a whole. It never tells whether the address or the password was wrong (threat 25). */
export type SignInProblem = 'mismatch' | 'busy'

interface SignInPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly cancel: `/${string}`
  readonly client: { readonly name: string }
  readonly email?: string | undefined
  readonly problem?: SignInProblem | undefined
  readonly missing?: readonly ('email' | 'password')[]
}

export const SignInPage = ({ t, action, cancel, client, email = '', problem, missing = [] }: SignInPageProps) => {
  const emailError = missing.includes('email') ? t('login.error.email-missing') : undefined
  const passwordError = missing.includes('password') ? t('login.error.password-missing') : undefined
  const problems: Problem[] = [
    ...(problem ? [{ text: t(`login.error.${problem}`) }] : []),
    ...(emailError ? [{ field: 'email', text: emailError }] : []),
    ...(passwordError ? [{ field: 'password', text: passwordError }] : []),
  ]
  const startsAtPassword = email !== '' && emailError === undefined
  const summary = problem === 'mismatch' ? SUMMARY_ID : undefined
  return (
    <Layout t={t} title={t('login.title', { client: client.name })} hasProblem={problems.length > 0}>
      <h1>{t.rich('login.title', { client: <Name>{client.name}</Name> })}</h1>
      <ProblemSummary t={t} problems={problems} />
      <Form t={t} id="login" action={action}>
        <Field
          id="email"
          type="email"
          label={t('login.email')}
          autocomplete="username"
          value={email}
          error={emailError}
          describedBy={summary}
          autofocus={!startsAtPassword}
        />
        <PasswordField
          label={t('login.password')}
          autocomplete="current-password"
          error={passwordError}
          describedBy={summary}
          autofocus={startsAtPassword}
        />
        <Button id="sign-in">{t('login.submit')}</Button>
      </Form>
      <Form t={t} id="cancel" action={cancel}>
        <Button id="cancel-sign-in" kind="quiet">
          {t('login.cancel')}
        </Button>
      </Form>
    </Layout>
  )
}
