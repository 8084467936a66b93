import type { SecondFactor } from '../../factors/factor.ts'
import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Name } from '../../ui/name.tsx'
import { PasskeyForm } from '../../ui/passkey-form.tsx'
import { type PasskeyTrouble, passkeyProblems } from './passkey-problem.ts'
import { PutOff } from './put-off.tsx'
import { StepFrame, type StepPageProps } from './step.tsx'

interface EnrolPageProps extends StepPageProps {
  readonly factors: readonly SecondFactor[]
  readonly trouble?: PasskeyTrouble | undefined
  readonly putOffUntil?: Date | undefined
  /** Their factors were lost and taken away. */
  readonly isRecovered: boolean
}

/** What may be added, the strongest first. */
export const EnrolPage = (props: EnrolPageProps) => {
  const { t, base, client, account, factors, trouble, putOffUntil, isRecovered } = props
  const isPasskeyAlone = factors.every((factor) => factor === 'passkey')
  const lead = isRecovered ? 'step.enrol.recovered' : isPasskeyAlone ? 'step.enrol.asksPasskey' : 'step.enrol.lead'
  return (
    <StepFrame
      {...props}
      title={t('step.enrol.title')}
      lead={t.rich(lead, { client: <Name>{client.name}</Name> })}
      problems={passkeyProblems(t, trouble)}
    >
      {factors.includes('passkey') && (
        <section class="section" id="enrol-passkey">
          <h2>{t('step.enrol.passkey')}</h2>
          <p>{t('step.enrol.passkey.hint')}</p>
          <PasskeyForm t={t} id="add-passkey" use="enrolment" base={base} submit={t('step.enrol.passkey.submit')} />
          {isPasskeyAlone && (
            <noscript>
              <p>{t('step.enrol.passkey.noScript')}</p>
            </noscript>
          )}
        </section>
      )}
      {factors.includes('totp') && (
        <section class="section" id="enrol-totp">
          <h2>{t('step.enrol.totp')}</h2>
          <p>{t('step.enrol.totp.hint')}</p>
          <Form t={t} id="offer-totp" action={`${base}/enrol/totp/offer`}>
            <Button id="set-up-totp" kind={factors.includes('passkey') ? 'secondary' : 'primary'}>
              {t('step.enrol.totp.submit')}
            </Button>
          </Form>
        </section>
      )}
      {factors.includes('email-code') && (
        <section class="section" id="enrol-email-code">
          <h2>{t('step.enrol.email-code')}</h2>
          <p>{t.rich('step.enrol.email-code.hint', { address: <Name>{account}</Name> })}</p>
          <Form t={t} id="use-email-codes" action={`${base}/enrol/email-code`}>
            <Button id="use-email-code" kind="secondary">
              {t('step.enrol.email-code.submit')}
            </Button>
          </Form>
        </section>
      )}
      <PutOff t={t} base={base} until={putOffUntil} />
    </StepFrame>
  )
}
