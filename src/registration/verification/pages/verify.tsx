import { ACCOUNT_PATH } from '../../../http/input/way-back.ts'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { Layout } from '../../../ui/layout.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { Name } from '../../../ui/name.tsx'
import { WayOn } from '../../../ui/way-on.tsx'

interface VerifyPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly email: string
}

/** A button, because mail scanners open every link: that one was opened proves nothing. */
export const VerifyPage = ({ t, action, email }: VerifyPageProps) => (
  <Layout t={t} title={t('registration.verify.title')}>
    <h1>{t('registration.verify.title')}</h1>
    <p class="lead">{t.rich('registration.verify.lead', { email: <Name>{email}</Name> })}</p>
    <p>{t('registration.verify.warning')}</p>
    <Form t={t} id="verify" action={action}>
      <Button id="verify-email">{t('registration.verify.submit')}</Button>
    </Form>
  </Layout>
)

export const VerifiedPage = ({ t }: Pick<VerifyPageProps, 't'>) => (
  <Layout t={t} title={t('registration.verify.done.title')}>
    <h1>{t('registration.verify.done.title')}</h1>
    <p class="lead">{t('registration.verify.done.lead')}</p>
    <WayOn t={t} id="to-account" href={ACCOUNT_PATH} label={t('account.toAccount')} />
  </Layout>
)

export const DeadVerificationPage = ({ t }: Pick<VerifyPageProps, 't'>) => (
  <Layout t={t} title={t('registration.dead.title')}>
    <h1>{t('registration.dead.title')}</h1>
    <p class="lead">{t('registration.dead.why')}</p>
    <p>{t('registration.verify.dead.cure')}</p>
    <WayOn t={t} id="sign-in" href={ACCOUNT_PATH} label={t('registration.account')} />
  </Layout>
)
