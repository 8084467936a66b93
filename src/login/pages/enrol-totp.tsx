import type { Secret } from '../../lib/secret.ts'
import { Button } from '../../ui/button.tsx'
import { CODE_FIELD, CodeField, type CodeProblem, codeProblemText } from '../../ui/code-field.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Link } from '../../ui/link.tsx'
import type { Problem } from '../../ui/problem-summary.tsx'
import { span } from '../../ui/span.ts'
import { TotpOffer } from '../../ui/totp-offer.tsx'
import { StepFrame, type StepPageProps } from './step.tsx'

export interface TotpTrouble {
  readonly code?: CodeProblem | undefined
  readonly name?: 'name-missing' | 'name-invalid' | undefined
  readonly whole?: 'too-many' | undefined
  readonly waitSeconds?: number | undefined
}

interface EnrolTotpPageProps extends StepPageProps {
  readonly offer: { readonly secret: Secret<string>; readonly uri: Secret<string> }
  readonly name?: string | undefined
  readonly trouble?: TotpTrouble | undefined
}

export const EnrolTotpPage = (props: EnrolTotpPageProps) => {
  const { t, base, offer, trouble = {}, name = t('totp.name.default') } = props
  const nameError = trouble.name && t(`totp.error.${trouble.name}`)
  const problems: Problem[] = [
    ...(trouble.waitSeconds === undefined
      ? []
      : [{ text: t('step.second.limited', { time: span(t, trouble.waitSeconds) }) }]),
    ...(trouble.whole ? [{ text: t(`totp.error.${trouble.whole}`) }] : []),
    ...(trouble.code ? [{ field: CODE_FIELD, text: codeProblemText(t, 'totp', trouble.code) }] : []),
    ...(nameError ? [{ field: 'name', text: nameError }] : []),
  ]
  return (
    <StepFrame
      {...props}
      title={t('step.totp.title')}
      problems={problems}
      links={
        <Link id="other-factor" href={t.carry(`${base}?enrol=choose`)}>
          {t('step.totp.back')}
        </Link>
      }
    >
      <TotpOffer t={t} {...offer} />
      <Form t={t} id="add-totp" action={`${base}/enrol/totp`}>
        <p>{t('step.totp.code')}</p>
        <CodeField t={t} kind="totp" problem={trouble.code} autofocus={problems.length > 0} />
        <Field
          id="name"
          label={t('totp.name.label')}
          hint={t('totp.name.hint')}
          autocomplete="off"
          value={name}
          error={nameError}
        />
        <Button id="add">{t('step.totp.submit')}</Button>
      </Form>
    </StepFrame>
  )
}
