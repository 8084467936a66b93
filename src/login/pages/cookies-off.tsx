import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { Reference } from '../../ui/reference.tsx'

interface CookiesOffPageProps {
  readonly t: Translate
  readonly requestId: string
  /** The host of the issuer, as it stands in the browser's settings. */
  readonly host: string
}

/** A browser that was sent the link and one without cookies look the same from here: the page names both. */
export const CookiesOffPage = ({ t, requestId, host }: CookiesOffPageProps) => (
  <Layout t={t} title={t('cookies.title')}>
    <h1>{t('cookies.title')}</h1>
    <p class="lead">{t('cookies.why')}</p>
    <p>
      <strong>{t('cookies.otherBrowser')}</strong> {t('cookies.otherBrowser.cure')}
    </p>
    <p>
      <strong>{t('cookies.off')}</strong> {t.rich('cookies.off.cure', { host: <Name>{host}</Name> })}
    </p>
    <p class="aside">
      <Link id="to-account" href={t.carry('/account')}>
        {t('account.toAccount')}
      </Link>
    </p>
    <Reference t={t} code="cookies-missing" requestId={requestId} />
  </Layout>
)
