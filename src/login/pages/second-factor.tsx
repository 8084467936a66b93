import type { SecondFactor } from '../../factors/factor.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import { Form } from '../../ui/form.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { PasskeyForm } from '../../ui/passkey-form.tsx'
import { span } from '../../ui/span.ts'
import { type CodeTrouble, problemsOf } from './code-problem.ts'
import { MailedCode } from './mailed-code.tsx'
import { type PasskeyTrouble, passkeyProblems } from './passkey-problem.ts'
import { StepFrame, type StepPageProps } from './step.tsx'

export interface SecondFactorPageProps extends StepPageProps {
  readonly way: SecondFactor
  /** All that are left to choose from, this one too. */
  readonly ways: readonly SecondFactor[]
  readonly trouble?: CodeTrouble | undefined
  /** What did not match, to be mended. */
  readonly typed?: string | undefined
  readonly passkeyTrouble?: PasskeyTrouble | undefined
  /** Seconds that this browser would be trusted for; undefined where that is not offered. */
  readonly trustFor?: number | undefined
  /** Of a code that was mailed and is waited for. */
  readonly sent?: { readonly expiresAt: Date } | undefined
}

export const SecondFactorPage = (props: SecondFactorPageProps) => {
  const { t, base, way, ways, trouble = {}, passkeyTrouble } = props
  const { pause } = trouble
  const problems =
    way === 'passkey'
      ? [...passkeyProblems(t, passkeyTrouble), ...problemsOf(t, 'totp', { pause })]
      : problemsOf(t, way, trouble)
  const others = ways.filter((other) => other !== way)
  const links = others.map((other) => (
    <Link key={other} id={`with-${other}`} href={t.carry(`${base}?with=${other}`)}>
      {t(`step.way.${other}`)}
    </Link>
  ))
  return (
    <StepFrame {...props} title={t('step.second.title')} problems={problems} links={links}>
      <Way {...props} />
      {ways.includes('backup-code') ? null : <p class="aside">{t('step.second.lost')}</p>}
    </StepFrame>
  )
}

const Way = ({ t, base, way, account, trouble = {}, typed, sent, trustFor }: SecondFactorPageProps) => {
  const trust = trustFor !== undefined && way !== 'backup-code' && <Trust t={t} seconds={trustFor} />
  if (way === 'passkey')
    return (
      <PasskeyForm t={t} id="second-factor" use="second-factor" base={base} lead={t('step.second.passkey')}>
        {trust}
      </PasskeyForm>
    )
  if (way === 'email-code')
    return (
      <MailedCode t={t} base={base} action={`${base}/second-factor`} account={account} trouble={trouble} sent={sent}>
        <input type="hidden" name="factor" value={way} />
        {trust}
      </MailedCode>
    )
  return (
    <Form t={t} id="second-factor" action={`${base}/second-factor`}>
      <input type="hidden" name="factor" value={way} />
      <CodeField t={t} kind={way} problem={trouble.code} typed={typed} autofocus />
      {trust}
      <Button id="confirm">{t('step.second.submit')}</Button>
    </Form>
  )
}

const Trust = ({ t, seconds }: { readonly t: Translate; readonly seconds: number }) => (
  <Checkbox id="trust" label={t('step.second.trust', { time: span(t, seconds) })} />
)
