import { ACCOUNT_PATH } from '../../http/input/way-back.ts'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { WayOn } from '../../ui/way-on.tsx'

interface ClosedPageProps {
  readonly t: Translate
  readonly signIn: `/${string}`
}

export const ClosedPage = ({ t, signIn }: ClosedPageProps) => (
  <Layout t={t} title={t('registration.closed.title')}>
    <h1>{t('registration.closed.title')}</h1>
    <p class="lead">{t('registration.closed.lead')}</p>
    <WayOn
      t={t}
      id="sign-in"
      href={signIn}
      label={t(signIn === ACCOUNT_PATH ? 'registration.account' : 'registration.signIn')}
    />
  </Layout>
)
