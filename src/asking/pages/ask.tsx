import { ACCOUNT_PATH } from '../../http/input/way-back.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { type Problem, ProblemSummary } from '../../ui/problem-summary.tsx'
import { span } from '../../ui/span.ts'
import type { AddressProblem, Purpose } from '../asking.ts'

export type AskProblem =
  | AddressProblem
  | { readonly kind: 'email-missing' }
  | { readonly kind: 'too-many'; readonly seconds: number }

interface AskPageProps {
  readonly t: Translate
  readonly of: Purpose
  readonly action: `/${string}`
  readonly signIn: `/${string}`
  readonly email?: string | undefined
  readonly problem?: AskProblem | undefined
}

/** An address, and nothing else: what is proven is the mailbox, by the letter that goes there. */
export const AskPage = ({ t, of, action, signIn, email, problem }: AskPageProps) => {
  const text = problem && inWords(t, of, problem)
  const ofField = problem !== undefined && problem.kind !== 'too-many'
  const list: Problem[] = text === undefined ? [] : [{ text, ...(ofField && { field: 'email' }) }]
  return (
    <Layout t={t} title={t(`${of}.title`)} hasProblem={list.length > 0}>
      <h1>{t(`${of}.title`)}</h1>
      <p class="lead">{t(`${of}.lead`)}</p>
      <ProblemSummary t={t} problems={list} />
      <Form t={t} id={of === 'recovery' ? 'recover' : 'register'} action={action}>
        <Field
          id="email"
          type="email"
          label={t(`${of}.email`)}
          autocomplete="username"
          value={email}
          error={ofField ? text : undefined}
          autofocus
        />
        <Button id="send-link">{t(`${of}.submit`)}</Button>
      </Form>
      <p class="aside">
        <Link id="sign-in" href={t.carry(signIn)}>
          {t(signIn === ACCOUNT_PATH ? `${of}.account` : `${of}.signIn`)}
        </Link>
      </p>
    </Layout>
  )
}

function inWords(t: Translate, of: Purpose, problem: AskProblem): string {
  switch (problem.kind) {
    case 'other-domain':
      return t('registration.error.other-domain', { domains: problem.domains.join(', ') })
    case 'too-many':
      return t(`${of}.error.too-many`, { time: span(t, problem.seconds) })
    default:
      return t(`${of}.error.${problem.kind}`)
  }
}
