import type { JSX } from 'hono/jsx/jsx-runtime'
import { DevicePage } from '../../../src/login/pages/device.tsx'
import { DeviceDeniedPage, DeviceDonePage } from '../../../src/oidc/device/pages/answered.tsx'
import { EnterCodePage } from '../../../src/oidc/device/pages/enter-code.tsx'
import type { Translate } from '../../../src/ui/messages/translator.ts'

/** What these pages show that comes from no catalogue. */
export const givenDevices = {
  userCode: 'BCDF-GHJK',
  wrongUserCode: 'BCDF-GHJ',
  television: 'Nordwind TV/3.1 (Living room)',
  longDevice:
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/',
  longPlace: '2001:db8:1111:2222:3333:4444:5555:6666',
} as const

interface Given {
  readonly client: string
  readonly longClient: string
  readonly email: string
  readonly organisation: string
  readonly place: string
  readonly scope: string
  readonly resource: string
}

/** Signing a device in from another one. */
export function devicePages(given: Given): Readonly<Record<string, (t: Translate) => JSX.Element>> {
  const to = { action: '/login/4mZ0/consent', cancel: '/login/4mZ0/abort' } as const
  const { userCode: code, television, longDevice, longPlace, wrongUserCode } = givenDevices
  const asks = {
    scopes: ['openid', 'profile', 'offline_access'],
    claims: [],
    apis: [{ audience: given.resource, name: given.client, scopes: [{ name: given.scope, words: {} }] }],
  }
  const account = given.email
  return {
    'device-code': (t) => <EnterCodePage t={t} action="/oauth/device" code={code} />,
    'device-code-unknown': (t) => <EnterCodePage t={t} action="/oauth/device" code={wrongUserCode} problem="unknown" />,
    'device-code-missing': (t) => <EnterCodePage t={t} action="/oauth/device" problem="missing" />,
    'device-confirm': (t) => (
      <DevicePage
        t={t}
        {...to}
        client={{ name: given.client, firstParty: true }}
        account={account}
        device={{ code, name: television, ip: given.place }}
        question={{ asks, organisation: given.organisation }}
      />
    ),
    'device-confirm-long': (t) => (
      <DevicePage
        t={t}
        {...to}
        client={{ name: given.longClient, firstParty: false, uri: 'https://app.nordwind.example/' }}
        account={account}
        device={{ code, name: longDevice, ip: longPlace }}
        question={{
          asks: { scopes: ['email'], claims: [], apis: [] },
          whole: { ...asks, scopes: [...asks.scopes, 'email'] },
          inEveryOrganisation: true,
          policyUri: 'https://www.nordwind.example/privacy',
          termsUri: 'https://www.nordwind.example/legal/terms-of-use',
        }}
      />
    ),
    'device-confirm-bare': (t) => (
      <DevicePage
        t={t}
        {...to}
        client={{ name: given.client, firstParty: true }}
        account={account}
        device={{ code, ip: given.place }}
        question={{ asks: { scopes: [], claims: [], apis: [] } }}
      />
    ),
    'device-done': (t) => <DeviceDonePage t={t} client={{ name: given.client }} />,
    'device-denied': (t) => <DeviceDeniedPage t={t} again="/oauth/device" />,
  }
}
