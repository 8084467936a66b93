import { ACCOUNT_PATH } from '../../http/input/way-back.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { type Problem, ProblemSummary } from '../../ui/problem-summary.tsx'
import { span } from '../../ui/span.ts'

export type RegisterProblem =
  | { readonly kind: 'email-missing' | 'email-invalid' }
  | { readonly kind: 'other-domain'; readonly domains: readonly string[] }
  | { readonly kind: 'too-many'; readonly seconds: number }

interface RegisterPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly signIn: `/${string}`
  readonly email?: string | undefined
  readonly problem?: RegisterProblem | undefined
}

export const RegisterPage = ({ t, action, signIn, email, problem }: RegisterPageProps) => {
  const text = problem && inWords(t, problem)
  const ofField = problem !== undefined && problem.kind !== 'too-many'
  const list: Problem[] = text === undefined ? [] : [{ text, ...(ofField && { field: 'email' }) }]
  return (
    <Layout t={t} title={t('registration.title')} hasProblem={list.length > 0}>
      <h1>{t('registration.title')}</h1>
      <p class="lead">{t('registration.lead')}</p>
      <ProblemSummary t={t} problems={list} />
      <Form t={t} id="register" action={action}>
        <Field
          id="email"
          type="email"
          label={t('registration.email')}
          autocomplete="username"
          value={email}
          error={ofField ? text : undefined}
          autofocus
        />
        <Button id="send-link">{t('registration.submit')}</Button>
      </Form>
      <p class="aside">
        <Link id="sign-in" href={t.carry(signIn)}>
          {t(signIn === ACCOUNT_PATH ? 'registration.account' : 'registration.signIn')}
        </Link>
      </p>
    </Layout>
  )
}

function inWords(t: Translate, problem: RegisterProblem): string {
  switch (problem.kind) {
    case 'other-domain':
      return t('registration.error.other-domain', { domains: problem.domains.join(', ') })
    case 'too-many':
      return t('registration.error.too-many', { time: span(t, problem.seconds) })
    default:
      return t(`registration.error.${problem.kind}`)
  }
}
