import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'

interface ChooseOrganisationPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly cancel: `/${string}`
  readonly client: { readonly name: string }
  /** The address that is signed in. */
  readonly account: string
  readonly choices: readonly { readonly id: string; readonly slug: string; readonly name: string }[]
}

/** One press is the answer: each organisation is a button of its own. */
export const ChooseOrganisationPage = (props: ChooseOrganisationPageProps) => {
  const { t, action, cancel, client, account, choices } = props
  return (
    <Layout t={t} title={t('login.organisation.title')}>
      <h1>{t('login.organisation.title')}</h1>
      <p class="lead">
        {t.rich('login.organisation.lead', { client: <Name>{client.name}</Name>, account: <Name>{account}</Name> })}
      </p>
      <Form t={t} id="organisations" action={action}>
        <ul class="choices">
          {choices.map(({ id, slug, name }) => (
            <li key={id}>
              <button id={id} class="choice" type="submit" name="organisation" value={id}>
                <strong dir="auto">{name}</strong>
                <span class="hint">{slug}</span>
              </button>
            </li>
          ))}
        </ul>
      </Form>
      <p class="aside">{t('login.organisation.remembered', { client: client.name })}</p>
      <Form t={t} id="cancel" action={cancel}>
        <Button id="cancel-sign-in" kind="quiet">
          {t('login.cancel')}
        </Button>
      </Form>
    </Layout>
  )
}
