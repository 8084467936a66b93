import { Alert } from './alert.tsx'
import { Command } from './facts.tsx'
import { Layout } from './layout.tsx'
import { Link } from './link.tsx'
import type { Translate } from './messages/translator.ts'

interface LandingPageProps {
  readonly t: Translate
  /** Until the first administrator is created. */
  readonly awaitsSetup: boolean
}

export const LandingPage = ({ t, awaitsSetup }: LandingPageProps) => (
  <Layout t={t} title={t('landing.title')}>
    <h1>{t('landing.title')}</h1>
    <p class="lead">{t('landing.lead')}</p>
    {awaitsSetup && (
      <Alert tone="notice">
        <p>{t('landing.awaitsSetup')}</p>
        <Command>npx hearthkey setup-link</Command>
      </Alert>
    )}
    <p class="aside">
      {t('landing.developers')}: <Link href="/.well-known/openid-configuration">{t('landing.discovery')}</Link>
    </p>
  </Layout>
)
