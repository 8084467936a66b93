import { Button } from '../../../ui/button.tsx'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Layout } from '../../../ui/layout.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { ProblemSummary } from '../../../ui/problem-summary.tsx'

export type CodeProblem = 'missing' | 'unknown'

/** Its name in the form, and in the address that a device may show (RFC 8628 §3.3.1). */
export const USER_CODE = 'user_code'

interface EnterCodePageProps {
  readonly t: Translate
  readonly action: `/${string}`
  /** From the address, or as it was typed: it stands in the box and nothing else happens. */
  readonly code?: string | undefined
  readonly problem?: CodeProblem | undefined
}

export const EnterCodePage = ({ t, action, code, problem }: EnterCodePageProps) => {
  const text = problem && t(`device.error.${problem}`)
  return (
    <Layout t={t} title={t('device.title')} hasProblem={problem !== undefined}>
      <h1>{t('device.title')}</h1>
      <p class="lead">{t('device.lead')}</p>
      <ProblemSummary t={t} problems={text === undefined ? [] : [{ field: USER_CODE, text }]} />
      <Form t={t} id="device" action={action}>
        <Field
          id={USER_CODE}
          type="code"
          label={t('device.code')}
          hint={t('device.code.hint')}
          autocomplete="off"
          maxlength={40}
          value={code}
          error={text}
          autofocus
        />
        <Button id="go-on">{t('device.submit')}</Button>
      </Form>
      <p class="aside">{t('device.beware')}</p>
    </Layout>
  )
}
