import { Button } from '../../../ui/button.tsx'
import { CODE_FIELD, CodeField, type CodeProblem, codeProblemText } from '../../../ui/code-field.tsx'
import { Form } from '../../../ui/form.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { Name } from '../../../ui/name.tsx'
import { type Problem, ProblemSummary } from '../../../ui/problem-summary.tsx'
import { WayOn } from '../../../ui/way-on.tsx'
import { type AccountPath, paths } from '../../paths.ts'
import { AccountFrame } from '../frame.tsx'

interface MailboxPageProps {
  readonly t: Translate
  readonly email: string
  readonly action: AccountPath
  readonly send: AccountPath
  readonly wasSent: boolean
  readonly mailIsSent: boolean
  readonly code?: CodeProblem | undefined
  readonly whole?: string | undefined
}

export const MailboxPage = ({ t, email, action, send, wasSent, mailIsSent, code, whole }: MailboxPageProps) => {
  const problems: Problem[] = [
    ...(whole ? [{ text: whole }] : []),
    ...(code ? [{ field: CODE_FIELD, text: codeProblemText(t, 'email-code', code) }] : []),
  ]
  return (
    <AccountFrame t={t} title={t('security.mailbox.title')} at="security" hasProblem={problems.length > 0}>
      <p class="lead">{t('security.mailbox.lead')}</p>
      <ProblemSummary t={t} problems={problems} />
      <p id="code-sent">
        {wasSent && !mailIsSent ? (
          <>
            <strong>{t('noMail.title')}.</strong> {t('security.mailbox.noMail')}
          </>
        ) : (
          t.rich(wasSent ? 'security.mailbox.sent' : 'security.mailbox.where', { email: <Name>{email}</Name> })
        )}
      </p>
      {wasSent && (
        <div class="narrow">
          <Form t={t} id="prove-mailbox" action={action}>
            <CodeField t={t} kind="email-code" problem={code} autofocus />
            <Button id="confirm">{t('security.mailbox.submit')}</Button>
          </Form>
        </div>
      )}
      <div class="compact">
        <Form t={t} id="send-mailbox-code" action={send}>
          <Button id="send" kind={wasSent ? 'secondary' : 'primary'}>
            {t(wasSent ? 'security.emailCode.again' : 'security.mailbox.send')}
          </Button>
        </Form>
      </div>
      <WayOn t={t} id="back" href={paths.security} label={t('security.remove.back')} />
    </AccountFrame>
  )
}
