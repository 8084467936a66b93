import { Button } from '../../ui/button.tsx'
import { Code } from '../../ui/facts.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'

interface ConsentPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly cancel: `/${string}`
  readonly client: { readonly name: string }
  /** The address that is signed in: whoever shares a browser sees whose account it is about. */
  readonly account: string
  readonly scopes: readonly string[]
  /** The API that the scopes without a name of ours belong to. */
  readonly resource?: string | undefined
}

export const ConsentPage = ({ t, action, cancel, client, account, scopes, resource }: ConsentPageProps) => {
  const name = <Name>{client.name}</Name>
  return (
    <Layout t={t} title={t('consent.title', { client: client.name })}>
      <h1>{t.rich('consent.title', { client: name })}</h1>
      <p class="lead">{t.rich('consent.account', { account: <Name>{account}</Name> })}</p>
      <section>
        <h2 id="asks">{t.rich('consent.asks', { client: name })}</h2>
        <ul class="ledger" aria-labelledby="asks">
          {scopes.map((scope) => (
            <Permission key={scope} t={t} scope={scope} resource={resource} />
          ))}
        </ul>
      </section>
      <Form t={t} id="consent" action={action}>
        <Button id="allow">{t('consent.allow')}</Button>
      </Form>
      <Form t={t} id="refuse" action={cancel}>
        <Button id="deny" kind="secondary">
          {t('consent.deny')}
        </Button>
      </Form>
    </Layout>
  )
}

const explained = ['openid', 'profile', 'email', 'phone', 'address', 'offline_access'] as const
type Explained = (typeof explained)[number]
const isExplained = (scope: string): scope is Explained => explained.some((known) => known === scope)

interface PermissionProps {
  readonly t: Translate
  readonly scope: string
  readonly resource: string | undefined
}

const Permission = ({ t, scope, resource }: PermissionProps) =>
  isExplained(scope) ? (
    <li>
      <strong>{t(`consent.scope.${scope}`)}</strong>
      <span class="hint">{t(`consent.scope.${scope}.about`)}</span>
    </li>
  ) : (
    <li>
      <strong>{t.rich('consent.scope.other', { scope: <Code>{scope}</Code> })}</strong>
      <span class="hint">
        {resource === undefined
          ? t('consent.scope.other.unnamed')
          : t.rich('consent.scope.other.about', { resource: <Name>{resource}</Name> })}
      </span>
    </li>
  )
