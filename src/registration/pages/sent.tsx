import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { NoMailPage } from '../../ui/no-mail-page.tsx'

interface SentPageProps {
  readonly t: Translate
  /** As it was typed: that is all that this page knows. */
  readonly email: string
  readonly again: `/${string}`
  readonly mailIsSent: boolean
}

/** One page whoever has the address (threat 25). */
export const SentPage = ({ t, email, again, mailIsSent }: SentPageProps) =>
  mailIsSent ? (
    <Layout t={t} title={t('registration.sent.title')}>
      <h1>{t('registration.sent.title')}</h1>
      <p class="lead">{t.rich('registration.sent.lead', { email: <Name>{email}</Name> })}</p>
      <p>{t('registration.sent.time')}</p>
      <p>{t('registration.sent.missing')}</p>
      <p class="aside">
        <Link id="again" href={t.carry(again)}>
          {t('registration.sent.again')}
        </Link>
      </p>
    </Layout>
  ) : (
    <NoMailPage t={t} />
  )
