import type { Described } from '../../consents/described.ts'
import { Button } from '../../ui/button.tsx'
import { ExternalLink, webAddress } from '../../ui/external-link.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Letter } from '../../ui/letter.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { Permissions } from '../../ui/permissions.tsx'
import type { ConsentQuestion } from '../ports.ts'

interface ConsentPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly cancel: `/${string}`
  readonly client: { readonly name: string; readonly uri?: string }
  /** The address that is signed in: whoever shares a browser sees whose account it is about. */
  readonly account: string
  readonly question: ConsentQuestion
}

export const ConsentPage = ({ t, action, cancel, client, account, question }: ConsentPageProps) => {
  const { asks, has, organisation, inEveryOrganisation } = question
  const name = <Name>{client.name}</Name>
  return (
    <Layout t={t} title={t('consent.title', { client: client.name })}>
      <div class="titled">
        <Letter name={client.name} language={t.language.tag} />
        <h1>{t.rich('consent.title', { client: name })}</h1>
      </div>
      <p class="lead">{whoIsSignedIn(t, account, organisation)}</p>
      <section>
        <h2 id="asks">{t.rich(has ? 'consent.asks.more' : 'consent.asks', { client: name })}</h2>
        <Permissions t={t} labelledBy="asks" {...asks} />
        {inEveryOrganisation && <p>{t('consent.everyOrganisation')}</p>}
        <p class="hint">{t('consent.takeBack')}</p>
      </section>
      {has && <Before t={t} has={has} />}
      <Form t={t} id="consent" action={action}>
        <Button id="allow">{t('consent.allow')}</Button>
      </Form>
      <Form t={t} id="refuse" action={cancel}>
        <Button id="deny" kind="secondary">
          {t('consent.deny')}
        </Button>
      </Form>
      <About t={t} client={client} {...question} />
    </Layout>
  )
}

export function whoIsSignedIn(t: Translate, account: string, organisation: string | undefined) {
  const who = <Name>{account}</Name>
  return organisation === undefined
    ? t.rich('consent.account', { account: who })
    : t.rich('consent.account.organisation', { account: who, organisation: <Name>{organisation}</Name> })
}

/** Folded away: it is no part of the question, and whoever wonders can look. */
const Before = ({ t, has }: { readonly t: Translate; readonly has: Described }) => (
  <details class="fold">
    <summary id="has">{t('consent.has')}</summary>
    <Permissions t={t} labelledBy="has" {...has} />
  </details>
)

interface AboutProps extends Pick<ConsentQuestion, 'policyUri' | 'termsUri'> {
  readonly t: Translate
  readonly client: ConsentPageProps['client']
}

/** Where its own pages are, as it says. */
export const About = ({ t, client, policyUri, termsUri }: AboutProps) => {
  const links = [['home', client.uri] as const, ['policy', policyUri] as const, ['terms', termsUri] as const].flatMap(
    ([kind, href]) => (webAddress(href) && href ? [{ kind, href }] : []),
  )
  if (links.length === 0) return null
  return (
    <section>
      <h2>{t.rich('consent.links', { client: <Name>{client.name}</Name> })}</h2>
      <Facts
        facts={links.map(({ kind, href }) => ({
          label: t(`consent.link.${kind}`),
          value: <ExternalLink id={`to-${kind}`} href={href} />,
        }))}
      />
      <p class="aside">{t('consent.links.note')}</p>
    </section>
  )
}
