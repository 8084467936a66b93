import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { Reference } from '../../ui/reference.tsx'

interface GonePageProps {
  readonly t: Translate
  readonly requestId: string
  /** Where the sign-in belonged, if that is still known. */
  readonly client?: { readonly name: string; readonly uri: string } | undefined
}

/** Expired, finished, opened in another browser, reached by the back button: one page, because the way on is one. */
export const GonePage = ({ t, requestId, client }: GonePageProps) => (
  <Layout t={t} title={t('gone.title')}>
    <h1>{t('gone.title')}</h1>
    <p class="lead">{t('gone.why')}</p>
    <p>{t('gone.cure')}</p>
    {client && (
      <Link href={client.uri} asButton>
        {t.rich('gone.back', { client: <Name>{client.name}</Name> })}
      </Link>
    )}
    <p class="aside">
      <Link id="to-account" href={t.carry('/account')}>
        {t('account.toAccount')}
      </Link>
    </p>
    <Reference t={t} code="interaction-gone" requestId={requestId} />
  </Layout>
)
