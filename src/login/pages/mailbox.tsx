import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { type CodeTrouble, problemsOf } from './code-problem.ts'
import { MailedCode } from './mailed-code.tsx'
import { PutOff } from './put-off.tsx'
import { StepFrame, type StepPageProps } from './step.tsx'

interface MailboxPageProps extends StepPageProps {
  readonly trouble?: CodeTrouble | undefined
  readonly sent?: { readonly expiresAt: Date } | undefined
  readonly putOffUntil?: Date | undefined
  /** Nobody asks for it: it can be left. */
  readonly isOffer?: boolean
}

/** Before a first factor is added. */
export const MailboxPage = (props: MailboxPageProps) => {
  const { t, base, account, trouble = {}, sent, putOffUntil, isOffer = false } = props
  return (
    <StepFrame
      {...props}
      title={t('step.mailbox.title')}
      lead={t('step.mailbox.lead')}
      namesAccount
      problems={problemsOf(t, 'email-code', trouble)}
    >
      <MailedCode t={t} base={base} action={`${base}/mailbox`} account={account} trouble={trouble} sent={sent} />
      {isOffer ? (
        <Form t={t} id="decline" action={`${base}/offer/later`}>
          <Button id="later" kind="secondary">
            {t('step.offer.later')}
          </Button>
        </Form>
      ) : (
        <PutOff t={t} base={base} until={putOffUntil} />
      )}
    </StepFrame>
  )
}
