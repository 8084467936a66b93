import type { JSX } from 'hono/jsx/jsx-runtime'
import { AddAppPage } from '../../../src/account/pages/security/add-app.tsx'
import { AddEmailCodePage } from '../../../src/account/pages/security/add-email-code.tsx'
import { AddPasskeyPage } from '../../../src/account/pages/security/add-passkey.tsx'
import { MakeCodesPage, NewCodesPage } from '../../../src/account/pages/security/backup-codes.tsx'
import { MailboxPage as OwnMailboxPage } from '../../../src/account/pages/security/mailbox.tsx'
import { KeptPage, RemovePage } from '../../../src/account/pages/security/remove.tsx'
import { RenamePage } from '../../../src/account/pages/security/rename.tsx'
import { StrongerPage } from '../../../src/account/pages/stronger.tsx'
import {
  DeadPage,
  EarlyPage,
  RecoveredPage,
  RecoverPage,
  StopPage,
  StoppedPage,
  UntoldPage,
} from '../../../src/factor-recovery/pages/pages.tsx'
import { Secret } from '../../../src/lib/secret.ts'
import { BackupCodesPage } from '../../../src/login/pages/backup-codes.tsx'
import { EnrolPage } from '../../../src/login/pages/enrol.tsx'
import { EnrolTotpPage } from '../../../src/login/pages/enrol-totp.tsx'
import { MailboxPage } from '../../../src/login/pages/mailbox.tsx'
import { OfferPasskeyPage } from '../../../src/login/pages/offer-passkey.tsx'
import { SecondFactorPage } from '../../../src/login/pages/second-factor.tsx'
import { StuckPage } from '../../../src/login/pages/stuck.tsx'
import type { Translate } from '../../../src/ui/messages/translator.ts'

/** What these pages show that comes from no catalogue. */
export const givenFactors = {
  totpKey: 'PU3P ZVPC 2Q53 OQ3T W6XG AK4L EY3F 2N2V',
  backupCodes: ['N1ZH-601G-JZS3-QJBJ', 'AM1D-W64D-02TJ-VBBB', '5267-TZB8-VT0K-WFZS'],
  phone: 'Pocket telephone',
  until: 'January 15, 2030 at 12:10 UTC',
} as const

interface Given {
  readonly client: { readonly name: string }
  readonly longClient: string
  readonly email: string
  readonly host: string
}

const until = new Date('2030-01-15T12:10:00Z')
const offer = {
  secret: new Secret(givenFactors.totpKey.replaceAll(' ', '')),
  uri: new Secret(`otpauth://totp/Hearthkey:ada?secret=${givenFactors.totpKey.replaceAll(' ', '')}`),
}
const codes = givenFactors.backupCodes.map((code) => new Secret(code))
const all = ['passkey', 'totp', 'email-code', 'backup-code'] as const

type Pages = Readonly<Record<string, (t: Translate) => JSX.Element>>

/** The steps of a sign-in behind the first form, and where one owns and loses factors. */
export function factorPages({ client, longClient, email, host }: Given): Pages {
  const at = { base: '/login/4mZ0', client, account: email } as const
  const way = { action: '/account/security/mailbox', send: '/account/security/mailbox/send' } as const
  return {
    'second-factor-app': (t) => <SecondFactorPage t={t} {...at} way="totp" ways={all} trustFor={2_592_000} />,
    'second-factor-app-wrong': (t) => (
      <SecondFactorPage t={t} {...at} way="totp" ways={all} trouble={{ code: 'mismatch', triesLeft: 2 }} />
    ),
    'second-factor-app-paused': (t) => (
      <SecondFactorPage
        t={t}
        {...at}
        way="totp"
        ways={['totp']}
        trouble={{ code: 'mismatch', triesLeft: 1, pause: { kind: 'locked', seconds: 290 } }}
      />
    ),
    'second-factor-passkey': (t) => (
      <SecondFactorPage t={t} {...at} way="passkey" ways={all} passkeyTrouble={{ why: 'refused' }} trustFor={60} />
    ),
    'second-factor-mail': (t) => <SecondFactorPage t={t} {...at} way="email-code" ways={['email-code']} />,
    'second-factor-mail-sent': (t) => (
      <SecondFactorPage t={t} {...at} way="email-code" ways={all} sent={{ expiresAt: until }} />
    ),
    'second-factor-backup': (t) => (
      <SecondFactorPage t={t} {...at} way="backup-code" ways={all} trouble={{ code: 'missing' }} />
    ),
    'enrol-mailbox': (t) => <MailboxPage t={t} {...at} putOffUntil={until} />,
    'enrol-mailbox-sent': (t) => (
      <MailboxPage t={t} {...at} sent={{ expiresAt: until }} trouble={{ code: 'mismatch', triesLeft: 3 }} />
    ),
    enrol: (t) => <EnrolPage t={t} {...at} factors={all} putOffUntil={until} isRecovered={false} />,
    'enrol-passkey': (t) => <EnrolPage t={t} {...at} factors={['passkey']} isRecovered={false} />,
    'enrol-recovered': (t) => (
      <EnrolPage
        t={t}
        {...at}
        client={{ name: longClient }}
        factors={['passkey', 'totp']}
        trouble={{ why: 'already-added' }}
        isRecovered
      />
    ),
    'enrol-app': (t) => <EnrolTotpPage t={t} {...at} offer={offer} />,
    'enrol-app-problems': (t) => (
      <EnrolTotpPage t={t} {...at} offer={offer} name="" trouble={{ code: 'missing', name: 'name-missing' }} />
    ),
    'enrol-codes': (t) => <BackupCodesPage t={t} {...at} host={host} wereMade={false} />,
    'enrol-codes-shown': (t) => <BackupCodesPage t={t} {...at} host={host} codes={codes} wereMade />,
    'enrol-codes-again': (t) => <BackupCodesPage t={t} {...at} host={host} wereMade />,
    'sign-in-stuck': (t) => <StuckPage t={t} {...at} client={{ name: longClient }} />,
    'offer-passkey': (t) => <OfferPasskeyPage t={t} {...at} mayAdd />,
    'offer-passkey-first': (t) => <OfferPasskeyPage t={t} {...at} mayAdd={false} />,
    'offer-passkey-mailbox': (t) => <MailboxPage t={t} {...at} isOffer />,
    'security-add-app': (t) => <AddAppPage t={t} offer={offer} name={givenFactors.phone} code="mismatch" />,
    'security-add-mail': (t) => <AddEmailCodePage t={t} email={email} code="missing" />,
    'security-mailbox': (t) => <OwnMailboxPage t={t} email={email} {...way} wasSent={false} mailIsSent />,
    'security-mailbox-sent': (t) => <OwnMailboxPage t={t} email={email} {...way} wasSent mailIsSent code="mismatch" />,
    'security-mailbox-no-mail': (t) => <OwnMailboxPage t={t} email={email} {...way} wasSent mailIsSent={false} />,
    'security-add-passkey': (t) => <AddPasskeyPage t={t} name={givenFactors.phone} />,
    'security-make-codes': (t) => <MakeCodesPage t={t} replaces />,
    'security-new-codes': (t) => <NewCodesPage t={t} codes={codes} account={email} host={host} />,
    'security-stronger-stale': (t) => <StrongerPage t={t} level="phr" isStale again="/account/security" />,
    'security-rename': (t) => (
      <RenamePage t={t} what="email-code" name={givenFactors.phone} typed="" problem="missing" />
    ),
    'security-remove': (t) => (
      <RemovePage t={t} what="email-code" factor="totp" name={givenFactors.phone} isLast endsTrust />
    ),
    'security-turn-off': (t) => (
      <RemovePage t={t} what="email-code" factor="email-code" name={undefined} isLast={false} endsTrust={false} />
    ),
    'security-stays-on': (t) => (
      <KeptPage t={t} name={undefined} why={{ reason: 'asked-for', by: { kind: 'instance' } }} />
    ),
    'security-kept': (t) => <KeptPage t={t} name={givenFactors.phone} why={{ reason: 'last-way-in' }} />,
    'factor-recovery': (t) => <RecoverPage t={t} action="/link/factor-recovery" email={email} />,
    'factor-recovery-early': (t) => <EarlyPage t={t} opensAt={until} until={until} />,
    'factor-recovery-untold': (t) => <UntoldPage t={t} until={until} />,
    'factor-recovery-done': (t) => <RecoveredPage t={t} />,
    'factor-recovery-dead': (t) => <DeadPage t={t} />,
    'factor-recovery-stop': (t) => <StopPage t={t} action="/link/stop-factor-recovery" email={email} opensAt={until} />,
    'factor-recovery-stopped': (t) => <StoppedPage t={t} />,
  }
}
