import { Name } from '../../ui/name.tsx'
import { type CodeTrouble, problemsOf } from './code-problem.ts'
import { MailedCode } from './mailed-code.tsx'
import { PutOff } from './put-off.tsx'
import { StepFrame, type StepPageProps } from './step.tsx'

interface MailboxPageProps extends StepPageProps {
  readonly trouble?: CodeTrouble | undefined
  readonly sent?: { readonly expiresAt: Date } | undefined
  readonly putOffUntil?: Date | undefined
}

/** Before a first factor is added. */
export const MailboxPage = (props: MailboxPageProps) => {
  const { t, base, account, trouble = {}, sent, putOffUntil } = props
  return (
    <StepFrame
      {...props}
      title={t('step.mailbox.title')}
      lead={t.rich('step.mailbox.lead', { address: <Name>{account}</Name> })}
      namesAccount
      problems={problemsOf(t, 'email-code', trouble)}
    >
      <MailedCode t={t} base={base} action={`${base}/mailbox`} account={account} trouble={trouble} sent={sent} />
      <PutOff t={t} base={base} until={putOffUntil} />
    </StepFrame>
  )
}
