import { Layout } from './layout.tsx'
import type { Translate } from './messages/translator.ts'

/** Instead of a page that says a letter is on its way. The same for everybody: it depends on the server alone (threat 25). */
export const NoMailPage = ({ t }: { readonly t: Translate }) => (
  <Layout t={t} title={t('noMail.title')}>
    <h1>{t('noMail.title')}</h1>
    <p class="lead">{t('noMail.lead')}</p>
  </Layout>
)
