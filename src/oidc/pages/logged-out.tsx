import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'

interface LoggedOutPageProps {
  readonly t: Translate
  readonly client?: { readonly name: string; readonly uri: string } | undefined
}

export const LoggedOutPage = ({ t, client }: LoggedOutPageProps) => (
  <Layout t={t} title={t('loggedOut.title')}>
    <h1>{t('loggedOut.title')}</h1>
    <p class="lead">{t('loggedOut.lead')}</p>
    {client && (
      <Link href={client.uri} asButton>
        {t.rich('loggedOut.back', { client: <Name>{client.name}</Name> })}
      </Link>
    )}
    <p class="aside">
      <Link id="sign-in" href={t.carry('/account')}>
        {t('loggedOut.again')}
      </Link>
    </p>
  </Layout>
)
