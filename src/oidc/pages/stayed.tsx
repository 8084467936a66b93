import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'

interface StayedPageProps {
  readonly t: Translate
}

/** Says what was not done, which is true for whoever opens it: a session may have ended elsewhere meanwhile. */
export const StayedPage = ({ t }: StayedPageProps) => (
  <Layout t={t} title={t('stayed.title')}>
    <h1>{t('stayed.title')}</h1>
    <p class="lead">{t('stayed.lead')}</p>
  </Layout>
)
