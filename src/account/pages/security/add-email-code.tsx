import { Button } from '../../../ui/button.tsx'
import { CODE_FIELD, CodeField, type CodeProblem, codeProblemText } from '../../../ui/code-field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Link } from '../../../ui/link.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { Name } from '../../../ui/name.tsx'
import { type Problem, ProblemSummary } from '../../../ui/problem-summary.tsx'
import { paths } from '../../paths.ts'
import { AccountFrame } from '../frame.tsx'

interface AddEmailCodePageProps {
  readonly t: Translate
  readonly email: string
  readonly code?: CodeProblem | undefined
  readonly whole?: string | undefined
}

export const AddEmailCodePage = ({ t, email, code, whole }: AddEmailCodePageProps) => {
  const problems: Problem[] = [
    ...(whole ? [{ text: whole }] : []),
    ...(code ? [{ field: CODE_FIELD, text: codeProblemText(t, 'email-code', code) }] : []),
  ]
  return (
    <AccountFrame t={t} title={t('security.emailCode.add.title')} at="security" hasProblem={problems.length > 0}>
      <p class="lead">{t.rich('security.emailCode.add.lead', { email: <Name>{email}</Name> })}</p>
      <ProblemSummary t={t} problems={problems} />
      <div class="narrow">
        <Form t={t} id="add-email-code" action={paths.addEmailCode}>
          <CodeField t={t} kind="email-code" problem={code} autofocus />
          <Button id="save-email-code">{t('security.emailCode.add.submit')}</Button>
          <Link id="back" href={t.carry(paths.security)} asButton="quiet">
            {t('security.remove.back')}
          </Link>
        </Form>
      </div>
      <div class="compact">
        <Form t={t} id="send-email-code" action={paths.sendEmailCode}>
          <Button id="send-again" kind="secondary">
            {t('security.emailCode.again')}
          </Button>
        </Form>
      </div>
    </AccountFrame>
  )
}
