import { Layout } from '../../../ui/layout.tsx'
import { Link } from '../../../ui/link.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { Name } from '../../../ui/name.tsx'

interface DeviceDonePageProps {
  readonly t: Translate
  readonly client: { readonly name: string }
}

export const DeviceDonePage = ({ t, client }: DeviceDonePageProps) => (
  <Layout t={t} title={t('device.done.title')} once>
    <h1>{t('device.done.title')}</h1>
    <p class="lead">{t.rich('device.done.lead', { client: <Name>{client.name}</Name> })}</p>
    <p class="aside">
      <Link id="to-applications" href={t.carry('/account/applications')}>
        {t('device.done.undo')}
      </Link>
    </p>
  </Layout>
)

interface DeviceDeniedPageProps {
  readonly t: Translate
  readonly again: `/${string}`
}

export const DeviceDeniedPage = ({ t, again }: DeviceDeniedPageProps) => (
  <Layout t={t} title={t('device.denied.title')} once>
    <h1>{t('device.denied.title')}</h1>
    <p class="lead">{t('device.denied.lead')}</p>
    <p class="aside">
      <Link id="again" href={t.carry(again)}>
        {t('device.denied.other')}
      </Link>
    </p>
  </Layout>
)
