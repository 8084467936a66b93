import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { paths } from '../paths.ts'

/** Given up, or in a browser that keeps no cookies. It asks nobody to sign in again by itself: that would go in circles. */
export const NotSignedInPage = ({ t }: { readonly t: Translate }) => (
  <Layout t={t} title={t('account.notSignedIn.title')}>
    <h1>{t('account.notSignedIn.title')}</h1>
    <p class="lead">{t('account.notSignedIn.why')}</p>
    <Link id="to-account" href={t.carry(paths.overview)} asButton>
      {t('account.toAccount')}
    </Link>
  </Layout>
)
