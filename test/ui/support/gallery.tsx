import type { JSX } from 'hono/jsx/jsx-runtime'
import { AppError } from '../../../src/errors/app-error.ts'
import { ConsentPage } from '../../../src/login/pages/consent.tsx'
import { CookiesOffPage } from '../../../src/login/pages/cookies-off.tsx'
import { GonePage } from '../../../src/login/pages/gone.tsx'
import { SignInPage } from '../../../src/login/pages/sign-in.tsx'
import { LoggedOutPage } from '../../../src/oidc/pages/logged-out.tsx'
import { LogoutPage } from '../../../src/oidc/pages/logout.tsx'
import { StayedPage } from '../../../src/oidc/pages/stayed.tsx'
import { DeadLinkPage } from '../../../src/setup/pages/dead.tsx'
import { DonePage } from '../../../src/setup/pages/done.tsx'
import { SetUpPage } from '../../../src/setup/pages/set-up.tsx'
import { ErrorPage } from '../../../src/ui/error-page.tsx'
import { LandingPage } from '../../../src/ui/landing-page.tsx'
import type { Translate } from '../../../src/ui/messages/translator.ts'

/** What pages show that comes from no catalogue. */
export const given = {
  client: 'Nordwind Invoicing',
  longClient: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft Rechnungswesen & Söhne',
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  scope: 'invoices:write',
  resource: 'https://api.nordwind.example/v2',
  host: 'id.example.com',
  requestId: 'q7Zk2mVx0bR4sT8uW1yA3g',
  clientId: 'cl_018f3f3e8e7c7cc0a5b0c1d2e3f40506',
  received: 'https://app.nordwind.example/callback/?from=newsletter&campaign=spring',
  registered: ['https://app.nordwind.example/callback', 'https://staging.nordwind.example/callback'],
} as const

const client = { name: given.client, uri: 'https://app.nordwind.example/' }
const at = { action: '/login/4mZ0', cancel: '/login/4mZ0/abort' } as const
const scopes = ['openid', 'profile', 'email', 'offline_access', given.scope]
const setUp = { action: '/setup/Zm9v', minimum: 12 } as const

/** Every page in every state that looks different. */
export const gallery: Readonly<Record<string, (t: Translate) => JSX.Element>> = {
  'sign-in': (t) => <SignInPage t={t} {...at} client={client} />,
  'sign-in-mismatch': (t) => <SignInPage t={t} {...at} client={client} email={given.email} problem="mismatch" />,
  'sign-in-empty': (t) => <SignInPage t={t} {...at} client={client} missing={['email', 'password']} />,
  'sign-in-long-name': (t) => <SignInPage t={t} {...at} client={{ name: given.longClient }} />,
  consent: (t) => (
    <ConsentPage t={t} {...at} client={client} account={given.email} scopes={scopes} resource={given.resource} />
  ),
  'sign-in-gone': (t) => <GonePage t={t} requestId={given.requestId} client={client} />,
  'cookies-off': (t) => <CookiesOffPage t={t} requestId={given.requestId} host={given.host} />,
  'set-up': (t) => <SetUpPage t={t} {...setUp} />,
  'set-up-problems': (t) => (
    <SetUpPage
      t={t}
      {...setUp}
      name={given.name}
      email="ada@"
      problems={{ email: 'invalid', password: 'short', busy: true }}
    />
  ),
  'set-up-done': (t) => <DonePage t={t} email={given.email} />,
  'set-up-dead': (t) => <DeadLinkPage t={t} requestId={given.requestId} />,
  logout: (t) => (
    <LogoutPage t={t} action="/oauth/logout/confirm" stay="/oauth/logout/stayed" xsrf="9f8e7d" client={client} />
  ),
  'logout-stayed': (t) => <StayedPage t={t} />,
  'logged-out': (t) => <LoggedOutPage t={t} client={client} />,
  landing: (t) => <LandingPage t={t} awaitsSetup={false} />,
  'landing-awaits-set-up': (t) => <LandingPage t={t} awaitsSetup />,
  error: (t) => <ErrorPage t={t} error={new AppError('cross-site-request')} requestId={given.requestId} />,
  'error-compared': (t) => (
    <ErrorPage
      t={t}
      error={new AppError('redirect-uri-mismatch')}
      requestId={given.requestId}
      compared={{
        client: 'cl_018f3f3e8e7c7cc0a5b0c1d2e3f40506',
        received: given.received,
        registered: given.registered,
      }}
    />
  ),
}
