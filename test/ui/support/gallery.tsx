import type { JSX } from 'hono/jsx/jsx-runtime'
import { EmailPage } from '../../../src/account/pages/email.tsx'
import { LeavePage } from '../../../src/account/pages/leave.tsx'
import {
  AccountShutPage,
  ConfirmEmailPage,
  DeadLinkPage as DeadEmailLinkPage,
  EmailChangedPage,
  EmailRestoredPage,
  TakenPage as TakenAddressPage,
  UndoEmailPage,
} from '../../../src/account/pages/link.tsx'
import { NotSignedInPage } from '../../../src/account/pages/not-signed-in.tsx'
import { OrganisationsPage } from '../../../src/account/pages/organisations.tsx'
import { OverviewPage } from '../../../src/account/pages/overview.tsx'
import { PasswordPage } from '../../../src/account/pages/password.tsx'
import { AskPage } from '../../../src/asking/pages/ask.tsx'
import { LetterSentPage } from '../../../src/asking/pages/letter-sent.tsx'
import { AppError } from '../../../src/errors/app-error.ts'
import { ChooseOrganisationPage } from '../../../src/login/pages/choose-organisation.tsx'
import { CookiesOffPage } from '../../../src/login/pages/cookies-off.tsx'
import { GonePage } from '../../../src/login/pages/gone.tsx'
import { NewPasswordPage as RenewPasswordPage } from '../../../src/login/pages/new-password.tsx'
import { SignInPage } from '../../../src/login/pages/sign-in.tsx'
import { LockedPage, DeadPage as NotMeDeadPage } from '../../../src/notices/pages/answers.tsx'
import { NotMePage } from '../../../src/notices/pages/not-me.tsx'
import { FormPostPage } from '../../../src/oidc/pages/form-post.tsx'
import { LoggedOutPage } from '../../../src/oidc/pages/logged-out.tsx'
import { LogoutPage } from '../../../src/oidc/pages/logout.tsx'
import { StayedPage } from '../../../src/oidc/pages/stayed.tsx'
import {
  AlreadyPage,
  DeadPage as DeadInvitationPage,
  DonePage as InvitedPage,
} from '../../../src/orgs/invitations/pages/answers.tsx'
import { AcceptPage, OtherPersonPage, UnverifiedPage } from '../../../src/orgs/invitations/pages/signed-in.tsx'
import { NewPersonPage, SignInFirstPage } from '../../../src/orgs/invitations/pages/strangers.tsx'
import { orgId } from '../../../src/orgs/org.ts'
import { DonePage as RecoveredPage, DeadPage as RecoveryDeadPage } from '../../../src/recovery/pages/answers.tsx'
import { NewPasswordPage } from '../../../src/recovery/pages/new-password.tsx'
import {
  DonePage as RegisteredPage,
  DeadPage as RegistrationDeadPage,
  TakenPage,
} from '../../../src/registration/pages/answers.tsx'
import { ClosedPage } from '../../../src/registration/pages/closed.tsx'
import { ConfirmPage } from '../../../src/registration/pages/confirm.tsx'
import { DeadVerificationPage, VerifiedPage, VerifyPage } from '../../../src/registration/verification/pages/verify.tsx'
import { DeadLinkPage } from '../../../src/setup/pages/dead.tsx'
import { DonePage } from '../../../src/setup/pages/done.tsx'
import { SetUpPage } from '../../../src/setup/pages/set-up.tsx'
import { ErrorPage } from '../../../src/ui/error-page.tsx'
import { LandingPage } from '../../../src/ui/landing-page.tsx'
import type { Translate } from '../../../src/ui/messages/translator.ts'
import { userId } from '../../../src/users/user.ts'
import { applicationPages, givenApplications } from './gallery-applications.tsx'
import { devicePages, givenDevices } from './gallery-devices.tsx'
import { factorPages, givenFactors } from './gallery-factors.tsx'
import { givenSecurity, securityPages } from './gallery-security.tsx'
import { givenSessions, sessionPages } from './gallery-sessions.tsx'

/** What pages show that comes from no catalogue. */
export const given = {
  ...givenFactors,
  ...givenDevices,
  ...givenApplications,
  ...givenSessions,
  ...givenSecurity,
  slugs: ['lovelace', 'nordwind-holding', 'nordwind'],
  client: 'Nordwind Invoicing',
  longClient: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft Rechnungswesen & Söhne',
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  scope: 'invoices:write',
  resource: 'https://api.nordwind.example/v2',
  host: 'id.example.com',
  organisation: 'Nordwind Logistik & Söhne',
  roles: ['Administrator', 'Accounting'],
  inviter: 'Grace Hopper',
  key: 'nightly export',
  hint: 'k3Qa9Z',
  account: 'grace@example.com',
  requestId: 'q7Zk2mVx0bR4sT8uW1yA3g',
  device: 'Firefox, Linux',
  domains: ['nordwind.example', 'nordwind.test'],
  browser: 'Firefox',
  system: 'Linux',
  place: '192.0.2.7',
  ago: ['2 hours ago', 'yesterday'],
  moment: 'January 15, 2030 at 12:00 UTC',
  clientId: 'cl_018f3f3e8e7c7cc0a5b0c1d2e3f40506',
  received: 'https://app.nordwind.example/callback/?from=newsletter&campaign=spring',
  registered: ['https://app.nordwind.example/callback', 'https://staging.nordwind.example/callback'],
} as const

const organisationsToChoose = [given.organisation, given.longClient, given.client].map((name, at) => ({
  id: `org_${at}`,
  slug: given.slugs[at] ?? '',
  name,
}))
const client = { name: given.client, uri: 'https://app.nordwind.example/' }
const at = { action: '/login/4mZ0', base: '/login/4mZ0', passkeys: true, cancel: '/login/4mZ0/abort' } as const
const register = { action: '/register?back=4mZ0', signIn: '/login/4mZ0' } as const
const recover = { action: '/recover', signIn: '/account' } as const
const byLink = { action: '/link?token=Zm9v', email: given.email, minimum: 12 } as const
const told = {
  what: 'new-device',
  at: new Date('2030-01-15T12:00:00Z'),
  device: given.device,
  place: '192.0.2.7',
} as const
const setUp = { action: '/setup/Zm9v', minimum: 12 } as const

const now = new Date('2030-01-15T12:00:00Z')
const before = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const user = {
  id: userId.generate(),
  status: 'active',
  instanceRole: null,
  email: given.email,
  emailVerified: false,
  emailDisowned: false,
  name: given.name,
  locale: null,
  createdAt: now,
} as const
const overview = { user, signedIn: 3, now, mailIsSent: true } as const

const invitation = {
  organisation: { name: given.organisation },
  roles: given.roles.map((name) => ({ key: name.toLowerCase(), name })),
  email: given.email,
  inviter: given.inviter,
  expiresAt: now,
} as const
const invite = { action: '/invite/accept?token=Zm9v', invitation } as const
const own = (
  name: string,
  more: { readonly suspended?: true; readonly inactive?: true; readonly bare?: true } = {},
) => ({
  organisation: orgId.generate(),
  name,
  status: more.suspended ? ('suspended' as const) : ('active' as const),
  organisationIsActive: !more.inactive,
  joinedAt: before(24),
  roles: more.bare ? [] : given.roles.map((role) => ({ key: role.toLowerCase(), name: role })),
})
const organisations = [
  own(given.organisation),
  own(given.longClient, { suspended: true, bare: true }),
  own(given.client, { inactive: true }),
] as const
const choice = { clientId: given.clientId, client: given.client, organisation: organisations[0].organisation }

const ways = { recover: '/recover?back=4mZ0', register: '/register?back=4mZ0' } as const

/** Every page in every state that looks different. */
export const gallery: Readonly<Record<string, (t: Translate) => JSX.Element>> = {
  ...devicePages(given),
  ...factorPages({ ...given, client }),
  ...applicationPages(given),
  ...sessionPages(given),
  ...securityPages({ ...given, user, now, browser: { browser: given.browser, system: given.system } }),
  'sign-in': (t) => <SignInPage t={t} {...at} {...ways} client={client} />,
  'sign-in-mismatch': (t) => (
    <SignInPage t={t} {...at} {...ways} client={client} email={given.email} problem="mismatch" />
  ),
  'sign-in-mismatch-paused': (t) => (
    <SignInPage
      t={t}
      {...at}
      {...ways}
      client={client}
      email={given.email}
      problem="mismatch"
      pause={{ kind: 'locked', seconds: 300 }}
    />
  ),
  'sign-in-locked': (t) => (
    <SignInPage
      t={t}
      {...at}
      {...ways}
      client={client}
      email={given.email}
      problem={{ kind: 'locked', seconds: 290 }}
    />
  ),
  'sign-in-off': (t) => (
    <SignInPage t={t} {...at} {...ways} client={client} email={given.email} problem={{ kind: 'off' }} />
  ),
  'sign-in-empty': (t) => <SignInPage t={t} {...at} {...ways} client={client} missing={['email', 'password']} />,
  'sign-in-long-name': (t) => <SignInPage t={t} {...at} {...ways} client={{ name: given.longClient }} />,
  'sign-in-new-password': (t) => <RenewPasswordPage t={t} {...at} client={client} person={given} minimum={12} />,
  'sign-in-new-password-problems': (t) => (
    <RenewPasswordPage
      t={t}
      {...at}
      client={client}
      person={given}
      minimum={12}
      problem={{ reason: 'common' }}
      strength="weak"
    />
  ),
  'choose-organisation': (t) => (
    <ChooseOrganisationPage t={t} {...at} client={client} account={given.email} choices={organisationsToChoose} />
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
      problems={{ email: 'invalid', password: { reason: 'breached' }, busy: true }}
      strength="weak"
    />
  ),
  'set-up-done': (t) => <DonePage t={t} email={given.email} />,
  'set-up-dead': (t) => <DeadLinkPage t={t} requestId={given.requestId} />,
  register: (t) => <AskPage t={t} of="registration" {...register} />,
  'register-other-domain': (t) => (
    <AskPage
      t={t}
      of="registration"
      {...register}
      email={given.email}
      problem={{ kind: 'other-domain', domains: given.domains }}
    />
  ),
  'register-too-many': (t) => (
    <AskPage t={t} of="registration" {...register} email={given.email} problem={{ kind: 'too-many', seconds: 700 }} />
  ),
  'invite-new': (t) => <NewPersonPage t={t} {...invite} minimum={12} />,
  'invite-new-problems': (t) => (
    <NewPersonPage
      t={t}
      action={invite.action}
      invitation={{ ...invitation, roles: [], inviter: undefined, organisation: { name: given.longClient } }}
      minimum={12}
      problems={{ name: 'missing', password: { reason: 'too-short', minimum: 12 }, busy: true }}
    />
  ),
  'invite-limited': (t) => (
    <NewPersonPage t={t} action={invite.action} invitation={invitation} minimum={12} problems={{ waitSeconds: 540 }} />
  ),
  'invite-sign-in': (t) => <SignInFirstPage t={t} {...invite} />,
  'invite-accept': (t) => <AcceptPage t={t} {...invite} account={given.account} />,
  'invite-other': (t) => <OtherPersonPage t={t} invitation={invitation} account={given.account} />,
  'invite-unverified': (t) => <UnverifiedPage t={t} invitation={invitation} />,
  'invite-done': (t) => <InvitedPage t={t} organisation={given.organisation} />,
  'invite-already': (t) => <AlreadyPage t={t} organisation={given.organisation} />,
  'invite-dead': (t) => <DeadInvitationPage t={t} />,
  'account-organisations': (t) => (
    <OrganisationsPage t={t} organisations={organisations} choices={[choice]} now={now} done="joined" />
  ),
  'account-organisations-none': (t) => (
    <OrganisationsPage
      t={t}
      organisations={[]}
      choices={[{ ...choice, organisation: 'org_gone' }]}
      now={now}
      done="left"
    />
  ),
  'account-leave': (t) => <LeavePage t={t} organisation="org_1" name={given.organisation} />,
  'account-leave-last': (t) => <LeavePage t={t} organisation="org_1" name={given.organisation} isLastKeeper />,
  'register-sent': (t) => <LetterSentPage of="registration" t={t} email={given.email} again="/register" mailIsSent />,
  'register-closed': (t) => <ClosedPage t={t} signIn="/login/4mZ0" />,
  'register-confirm': (t) => <ConfirmPage t={t} {...byLink} />,
  'register-confirm-problems': (t) => (
    <ConfirmPage
      t={t}
      {...byLink}
      problems={{ name: 'missing', password: { reason: 'common' }, busy: true }}
      strength="weak"
    />
  ),
  'register-limited': (t) => <ConfirmPage t={t} {...byLink} problems={{ waitSeconds: 540 }} />,
  'register-done': (t) => <RegisteredPage t={t} signIn="/login/4mZ0" />,
  'register-taken': (t) => <TakenPage t={t} email={given.email} signIn="/account" />,
  'register-dead': (t) => <RegistrationDeadPage t={t} />,
  'verify-email': (t) => <VerifyPage t={t} {...byLink} />,
  'verify-email-done': (t) => <VerifiedPage t={t} />,
  'verify-email-dead': (t) => <DeadVerificationPage t={t} />,
  recover: (t) => <AskPage t={t} of="recovery" {...recover} />,
  'recover-problem': (t) => (
    <AskPage t={t} of="recovery" {...recover} email="ada@" problem={{ kind: 'email-invalid' }} />
  ),
  'recover-sent': (t) => <LetterSentPage of="recovery" t={t} email={given.email} again="/recover" mailIsSent />,
  'recover-no-mail': (t) => (
    <LetterSentPage of="recovery" t={t} email={given.email} again="/recover" mailIsSent={false} />
  ),
  'recover-password': (t) => <NewPasswordPage t={t} {...byLink} />,
  'recover-password-and-factors': (t) => <NewPasswordPage t={t} {...byLink} takesFactors />,
  'recover-password-problems': (t) => (
    <NewPasswordPage t={t} {...byLink} problem={{ reason: 'too-short', minimum: 12 }} busy strength="short" />
  ),
  'recover-limited': (t) => <NewPasswordPage t={t} {...byLink} waitSeconds={540} />,
  'recover-done': (t) => <RecoveredPage t={t} signIn="/login/4mZ0" />,
  'recover-dead': (t) => <RecoveryDeadPage t={t} />,
  'not-me': (t) => <NotMePage t={t} action="/link?token=Zm9v" told={told} />,
  'not-me-codes': (t) => <NotMePage t={t} action="/link?token=Zm9v" told={{ ...told, what: 'backup-code-used' }} />,
  'not-me-key': (t) => (
    <NotMePage
      t={t}
      action="/link?token=Zm9v"
      told={{ ...told, what: 'api-key-created', key: given.key, hint: given.hint, organisation: given.organisation }}
    />
  ),
  'not-me-locked': (t) => <LockedPage t={t} />,
  'not-me-dead': (t) => <NotMeDeadPage t={t} />,
  account: (t) => <OverviewPage t={t} {...overview} />,
  'account-pending': (t) => (
    <OverviewPage
      t={t}
      {...overview}
      pending={{
        address: given.email,
        since: new Date(overview.now.getTime() - 600_000),
        until: new Date(overview.now.getTime() + 3_000_000),
      }}
    />
  ),
  'account-done': (t) => <OverviewPage t={t} {...overview} done="password" />,
  'account-no-mail': (t) => <OverviewPage t={t} {...overview} mailIsSent={false} done="verification" />,
  'account-password': (t) => <PasswordPage t={t} email={given.email} name={given.name} minimum={12} />,
  'account-password-problems': (t) => (
    <PasswordPage
      t={t}
      email={given.email}
      name={given.name}
      minimum={12}
      current="mismatch"
      next={{ reason: 'too-short', minimum: 12 }}
      typed="short"
    />
  ),
  'account-email': (t) => <EmailPage t={t} present={given.email} />,
  'account-email-problems': (t) => (
    <EmailPage
      t={t}
      present={given.email}
      typed="ada@"
      problems={{ email: 'invalid', password: 'missing', whole: t('account.error.busy') }}
    />
  ),
  'account-not-signed-in': (t) => <NotSignedInPage t={t} />,
  'change-email': (t) => <ConfirmEmailPage t={t} action="/link?token=Zm9v" address={given.email} />,
  'change-email-done': (t) => <EmailChangedPage t={t} />,
  'change-email-taken': (t) => <TakenAddressPage t={t} address={given.email} />,
  'change-email-dead': (t) => <DeadEmailLinkPage t={t} />,
  'undo-email': (t) => <UndoEmailPage t={t} action="/link?token=Zm9v" address={given.email} />,
  'undo-email-done': (t) => <EmailRestoredPage t={t} />,
  'undo-email-locked': (t) => <AccountShutPage t={t} />,
  logout: (t) => (
    <LogoutPage t={t} action="/oauth/logout/confirm" stay="/oauth/logout/stayed" xsrf="9f8e7d" client={client} />
  ),
  'logout-stayed': (t) => <StayedPage t={t} />,
  'form-post': (t) => (
    <FormPostPage
      t={t}
      action="https://nordwind.example/callback"
      fields={{ code: 'Zm9v', state: 'YmFy' }}
      client={client}
    />
  ),
  'logged-out': (t) => <LoggedOutPage t={t} client={client} />,
  landing: (t) => <LandingPage t={t} awaitsSetup={false} mayRegister />,
  'landing-awaits-set-up': (t) => <LandingPage t={t} awaitsSetup mayRegister />,
  error: (t) => <ErrorPage t={t} error={new AppError('cross-site-request')} requestId={given.requestId} />,
  'error-limited': (t) => (
    <ErrorPage t={t} error={new AppError('too-many-requests', { retryAfter: 700 })} requestId={given.requestId} />
  ),
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
