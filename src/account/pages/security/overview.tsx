import type { SecondFactor } from '../../../factors/factor.ts'
import { Alert } from '../../../ui/alert.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { AccountSignal, type AccountSignalProps } from '../../../ui/passkey-signals.tsx'
import type { User } from '../../../users/user.ts'
import type { Owned } from '../../security/owned.ts'
import { EnrolmentDue } from '../enrolment-due.tsx'
import { AccountFrame } from '../frame.tsx'
import { BackupCodesSection } from './backup-codes-section.tsx'
import { BrowsersSection } from './browsers-section.tsx'
import { AppsSection, EmailCodeSection, PasskeysSection } from './factor-sections.tsx'

/** What has just been done, said once on the page that follows. */
export const doneInSecurity = [
  'app',
  'passkey',
  'email-code',
  'email-code-off',
  'renamed',
  'removed',
  'browser',
  'browsers',
] as const
export type DoneInSecurity = (typeof doneInSecurity)[number]

interface SecurityPageProps {
  readonly t: Translate
  readonly user: User
  readonly owned: Owned
  /** What the instance lets count: nothing else is offered. What one has is shown all the same. */
  readonly counting: readonly SecondFactor[]
  readonly trustIsOffered: boolean
  readonly now: Date
  readonly done?: DoneInSecurity | undefined
  /** They have put off to add what is asked for, until then. */
  readonly enrolmentDue?: Date | undefined
  /** For the password manager, after a change of what opens the account. */
  readonly signal?: AccountSignalProps['signal'] | undefined
}

export const SecurityPage = ({
  t,
  user,
  owned,
  counting,
  trustIsOffered,
  now,
  done,
  enrolmentDue,
  signal,
}: SecurityPageProps) => {
  const isOffered = (factor: SecondFactor) => counting.includes(factor)
  const { passkeys, apps, emailCode, browsers } = owned
  return (
    <AccountFrame t={t} title={t('security.title')} at="security">
      {done && (
        <Alert tone="notice" id="done">
          <p>{t(`security.done.${done}`)}</p>
        </Alert>
      )}
      <EnrolmentDue t={t} until={enrolmentDue} />
      <p class="lead">{t('security.lead')}</p>
      {(isOffered('passkey') || passkeys.length > 0) && (
        <PasskeysSection t={t} passkeys={passkeys} isOffered={isOffered('passkey')} now={now} />
      )}
      {(isOffered('totp') || apps.length > 0) && (
        <AppsSection t={t} apps={apps} isOffered={isOffered('totp')} now={now} />
      )}
      {(isOffered('email-code') || emailCode) && <EmailCodeSection t={t} email={user.email} isOn={emailCode} />}
      {(isOffered('backup-code') || owned.backupCodes) && (
        <BackupCodesSection t={t} owned={owned} counting={counting} now={now} />
      )}
      {signal && <AccountSignal signal={signal} />}
      {(trustIsOffered || browsers.length > 0) && <BrowsersSection t={t} browsers={browsers} now={now} />}
    </AccountFrame>
  )
}
