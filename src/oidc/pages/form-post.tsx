import { sendOnScript } from '../../ui/assets.ts'
import { Button } from '../../ui/button.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'

interface FormPostPageProps {
  readonly t: Translate
  /** Of the client; matched before. */
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  readonly client?: { readonly name: string } | undefined
}

/**
 * OAuth 2.0 Form Post Response Mode: the answer travels in a form, so that no code stands in an address. A script of our own sends
 * it at once; without JavaScript there is the button. The form leads to the client alone, and our policy names its origin.
 */
export const FormPostPage = ({ t, action, fields, client }: FormPostPageProps) => (
  <Layout t={t} title={t('formPost.title')} once>
    <h1>{t('formPost.title')}</h1>
    <p class="lead">
      {client ? t.rich('formPost.leadFor', { client: <Name>{client.name}</Name> }) : t('formPost.lead')}
    </p>
    <form id="send-on" class="form" method="post" action={action} accept-charset="utf-8">
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <Button id="go-on">{t('formPost.submit')}</Button>
    </form>
    <script type="module" src={sendOnScript.href} />
  </Layout>
)
