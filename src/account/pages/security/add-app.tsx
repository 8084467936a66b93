import type { TotpOffer as Offer } from '../../../credentials/totp/offer.ts'
import { Button } from '../../../ui/button.tsx'
import { CODE_FIELD, CodeField, type CodeProblem, codeProblemText } from '../../../ui/code-field.tsx'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Link } from '../../../ui/link.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { type Problem, ProblemSummary } from '../../../ui/problem-summary.tsx'
import { TotpOffer } from '../../../ui/totp-offer.tsx'
import { paths } from '../../paths.ts'
import { AccountFrame } from '../frame.tsx'

interface AddAppPageProps {
  readonly t: Translate
  readonly offer: Offer
  readonly name: string
  readonly nameProblem?: 'missing' | 'invalid' | undefined
  readonly code?: CodeProblem | undefined
  /** Of the attempt as a whole, in words. */
  readonly whole?: string | undefined
}

export const AddAppPage = ({ t, offer, name, nameProblem, code, whole }: AddAppPageProps) => {
  const nameError = nameProblem && t(`totp.error.name-${nameProblem}`)
  const problems: Problem[] = [
    ...(whole ? [{ text: whole }] : []),
    ...(code ? [{ field: CODE_FIELD, text: codeProblemText(t, 'totp', code) }] : []),
    ...(nameError ? [{ field: 'name', text: nameError }] : []),
  ]
  const hasProblem = problems.length > 0
  return (
    <AccountFrame t={t} title={t('security.app.add.title')} at="security" hasProblem={hasProblem}>
      <ProblemSummary t={t} problems={problems} />
      <div class="narrow">
        <TotpOffer t={t} secret={offer.secret} uri={offer.uri} />
      </div>
      <div class="narrow">
        <Form t={t} id="add-app" action={paths.addApp}>
          {/* Without a problem whoever comes reads from the top: the picture comes first. */}
          <CodeField t={t} kind="totp" problem={code} autofocus={code !== undefined} />
          <Field
            id="name"
            label={t('totp.name.label')}
            hint={t('totp.name.hint')}
            autocomplete="off"
            value={name}
            error={nameError}
            autofocus={nameError !== undefined && code === undefined}
          />
          <Button id="save-app">{t('security.app.add.submit')}</Button>
          <Link id="back" href={t.carry(paths.security)} asButton="quiet">
            {t('security.remove.back')}
          </Link>
        </Form>
      </div>
    </AccountFrame>
  )
}
