import type { Child } from 'hono/jsx'
import { Button } from '../../ui/button.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import { Form } from '../../ui/form.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import type { CodeTrouble } from './code-problem.ts'

interface MailedCodeProps {
  readonly t: Translate
  readonly base: `/${string}`
  readonly action: `/${string}`
  readonly account: string
  readonly trouble: CodeTrouble
  readonly sent: { readonly expiresAt: Date } | undefined
  /** Beside the code, in its form. */
  readonly children?: Child
}

/** Nothing is mailed before somebody asks for it: a page that is merely opened sends no letter. */
export const MailedCode = ({ t, base, action, account, trouble, sent, children }: MailedCodeProps) => (
  <>
    {sent ? (
      <>
        <p id="code-sent" role="status">
          {t.rich('step.email.sent', { address: <Name>{account}</Name> })}
        </p>
        <Form t={t} id="second-factor" action={action}>
          <CodeField t={t} kind="email-code" problem={trouble.code} autofocus />
          {children}
          <Button id="confirm">{t('step.second.submit')}</Button>
        </Form>
      </>
    ) : (
      <p>{t.rich('step.email.lead', { address: <Name>{account}</Name> })}</p>
    )}
    <Form t={t} id="send-code" action={`${base}/send-code`}>
      <Button id="send" kind={sent ? 'quiet' : 'primary'}>
        {t(sent ? 'step.email.again' : 'step.email.send')}
      </Button>
    </Form>
  </>
)
