import { ACCOUNT_PATH } from '../../http/input/way-back.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { type Problem, ProblemSummary } from '../../ui/problem-summary.tsx'
import { span } from '../../ui/span.ts'

export type RecoverProblem =
  | { readonly kind: 'email-missing' | 'email-invalid' }
  | { readonly kind: 'too-many'; readonly seconds: number }

interface RecoverPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly signIn: `/${string}`
  readonly email?: string | undefined
  readonly problem?: RecoverProblem | undefined
}

export const RecoverPage = ({ t, action, signIn, email, problem }: RecoverPageProps) => {
  const text = problem && inWords(t, problem)
  const ofField = problem !== undefined && problem.kind !== 'too-many'
  const list: Problem[] = text === undefined ? [] : [{ text, ...(ofField && { field: 'email' }) }]
  return (
    <Layout t={t} title={t('recovery.title')} hasProblem={list.length > 0}>
      <h1>{t('recovery.title')}</h1>
      <p class="lead">{t('recovery.lead')}</p>
      <ProblemSummary t={t} problems={list} />
      <Form t={t} id="recover" action={action}>
        <Field
          id="email"
          type="email"
          label={t('recovery.email')}
          autocomplete="username"
          value={email}
          error={ofField ? text : undefined}
          autofocus
        />
        <Button id="send-link">{t('recovery.submit')}</Button>
      </Form>
      <p class="aside">
        <Link id="sign-in" href={t.carry(signIn)}>
          {t(signIn === ACCOUNT_PATH ? 'recovery.account' : 'recovery.signIn')}
        </Link>
      </p>
    </Layout>
  )
}

const inWords = (t: Translate, problem: RecoverProblem): string =>
  problem.kind === 'too-many'
    ? t('recovery.error.too-many', { time: span(t, problem.seconds) })
    : t(`recovery.error.${problem.kind}`)
