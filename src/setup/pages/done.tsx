import { Alert } from '../../ui/alert.tsx'
import { Command } from '../../ui/facts.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'

interface DonePageProps {
  readonly t: Translate
  readonly email: string
}

export const DonePage = ({ t, email }: DonePageProps) => (
  <Layout t={t} title={t('setup.done.title')}>
    <h1>{t('setup.done.title')}</h1>
    <p>{t.rich('setup.done.next', { email: <Name>{email}</Name>, app: t('app.name') })}</p>
    <p class="lead">{t('setup.done.lead')}</p>
    <Alert tone="notice">
      <p>{t('setup.done.try')}</p>
      <Command>npm run demo</Command>
    </Alert>
    <p class="aside">
      <Link id="to-account" href={t.carry('/account')}>
        {t('account.toAccount')}
      </Link>
    </p>
  </Layout>
)
