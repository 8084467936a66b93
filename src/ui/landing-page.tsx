import { Alert } from './alert.tsx'
import { Command } from './facts.tsx'
import { Layout } from './layout.tsx'
import { Link } from './link.tsx'
import type { Translate } from './messages/translator.ts'

interface LandingPageProps {
  readonly t: Translate
  /** Until the first administrator is created. */
  readonly awaitsSetup: boolean
  readonly mayRegister: boolean
}

export const LandingPage = ({ t, awaitsSetup, mayRegister }: LandingPageProps) => (
  <Layout t={t} title={t('landing.title')}>
    <h1>{t('landing.title')}</h1>
    <p class="lead">{t('landing.lead')}</p>
    {awaitsSetup ? (
      <Alert tone="notice">
        <p>{t('landing.awaitsSetup')}</p>
        <Command>npx hearthkey setup-link</Command>
      </Alert>
    ) : (
      <p class="ways">
        <Link id="to-account" href={t.carry('/account')} asButton>
          {t('landing.account')}
        </Link>
        {mayRegister && (
          <Link id="register" href={t.carry('/register')}>
            {t('landing.register')}
          </Link>
        )}
      </p>
    )}
    <p class="aside">
      {t('landing.developers')}: <Link href="/.well-known/openid-configuration">{t('landing.discovery')}</Link>
    </p>
  </Layout>
)
