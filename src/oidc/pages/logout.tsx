import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'

interface LogoutPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  /** A page, and never the engine: for a form without `logout` it takes back what the client holds and says that all is ended. */
  readonly stay: `/${string}`
  /** What the engine wants back with the form: its own guard against a forged sign-out. */
  readonly xsrf: string
  readonly client?: { readonly name: string } | undefined
}

export const LogoutPage = ({ t, action, stay, xsrf, client }: LogoutPageProps) => (
  <Layout t={t} title={t('logout.title')}>
    <h1>{t('logout.title')}</h1>
    <p class="lead">{client ? t.rich('logout.leadFor', { client: <Name>{client.name}</Name> }) : t('logout.lead')}</p>
    <Form t={t} id="logout" action={action}>
      <input type="hidden" name="xsrf" value={xsrf} />
      <Button id="sign-out" name="logout" value="yes">
        {t('logout.submit')}
      </Button>
      <Link id="stay" href={stay} asButton>
        {t('logout.stay')}
      </Link>
    </Form>
  </Layout>
)
