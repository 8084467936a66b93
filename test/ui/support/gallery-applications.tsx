import type { JSX } from 'hono/jsx/jsx-runtime'
import type { OwnApplication } from '../../../src/account/applications/application.ts'
import { ApplicationsPage } from '../../../src/account/pages/applications.tsx'
import { RemoveApplicationPage } from '../../../src/account/pages/remove-application.tsx'
import { ConsentPage } from '../../../src/login/pages/consent.tsx'
import { sessionId } from '../../../src/sessions/session.ts'
import type { Translate } from '../../../src/ui/messages/translator.ts'

/** What these pages show that comes from no catalogue. */
export const givenApplications = {
  api: 'Nordwind Invoices',
  words: [
    'read your invoices',
    'Ihre Rechnungen lesen',
    'send reminders to your customers',
    'Mahnungen an Ihre Kunden senden',
  ],
  rawScope: 'ledger.export:all',
  links: ['app.nordwind.example', 'www.nordwind.example/privacy', 'www.nordwind.example/legal/terms-of-use'],
  letters: ['N', 'D'],
} as const

interface Given {
  readonly client: string
  readonly longClient: string
  readonly email: string
  readonly organisation: string
  readonly scope: string
  readonly resource: string
  readonly browser: string
  readonly system: string
}

const now = new Date('2030-01-15T12:00:00Z')
const before = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const at = { action: '/login/4mZ0/consent', cancel: '/login/4mZ0/abort' } as const

export function applicationPages(given: Given): Readonly<Record<string, (t: Translate) => JSX.Element>> {
  const [read, lesen, remind, mahnen] = givenApplications.words
  const apis = [
    {
      audience: given.resource,
      name: givenApplications.api,
      scopes: [
        { name: given.scope, words: { en: read, de: lesen } },
        { name: 'invoices:remind', words: { en: remind, de: mahnen } },
      ],
    },
    { audience: 'urn:ledger', name: given.longClient, scopes: [{ name: givenApplications.rawScope, words: {} }] },
  ]
  const none = { scopes: [], claims: [], apis: [] }
  const client = { name: given.client, uri: 'https://app.nordwind.example/' }
  const links = {
    policyUri: 'https://www.nordwind.example/privacy',
    termsUri: 'https://www.nordwind.example/legal/terms-of-use',
  }
  const asks = { scopes: ['openid', 'offline_access', 'profile', 'email'], claims: ['org'], apis }
  const device = { id: sessionId.generate(), device: { browser: given.browser, system: given.system } }
  const application = (more: Partial<OwnApplication>): OwnApplication => ({
    clientId: 'nordwind',
    name: given.client,
    firstParty: false,
    since: before(24),
    lastUsed: before(2),
    can: asks,
    connection: 'away',
    sessions: [device.id],
    ...more,
  })
  const some = [
    application({}),
    application({
      clientId: 'ours',
      name: given.organisation,
      firstParty: true,
      can: { ...none, scopes: ['openid'] },
      connection: 'session',
    }),
    application({
      clientId: 'asleep',
      name: given.longClient,
      lastUsed: undefined,
      connection: 'asleep',
      sessions: [],
    }),
  ]
  return {
    consent: (t) => (
      <ConsentPage
        t={t}
        {...at}
        client={client}
        account={given.email}
        question={{ asks, organisation: given.organisation, inEveryOrganisation: true, ...links }}
      />
    ),
    'consent-more': (t) => (
      <ConsentPage
        t={t}
        {...at}
        client={{ name: given.longClient, uri: 'javascript:alert(1)' }}
        account={given.email}
        question={{ asks: { ...none, apis }, has: { ...none, scopes: ['openid', 'email'] } }}
      />
    ),
    'account-applications': (t) => <ApplicationsPage t={t} applications={some} devices={[device]} now={now} />,
    'account-applications-none': (t) => (
      <ApplicationsPage t={t} applications={[]} devices={[]} now={now} done="removed" />
    ),
    'account-application-remove': (t) => <RemoveApplicationPage t={t} application={application({})} />,
    'account-application-remove-ours': (t) => (
      <RemoveApplicationPage t={t} application={application({ name: given.longClient, firstParty: true })} />
    ),
  }
}
