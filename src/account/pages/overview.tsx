import type { Session, SessionId } from '../../sessions/session.ts'
import { Ago } from '../../ui/ago.tsx'
import { Alert } from '../../ui/alert.tsx'
import { Button } from '../../ui/button.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Form } from '../../ui/form.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { Badge, Entry, Records } from '../../ui/records.tsx'
import type { User } from '../../users/user.ts'
import { deviceText } from '../device-text.ts'
import type { PendingEmail } from '../email/pending.ts'
import { paths } from '../paths.ts'
import { EnrolmentDue } from './enrolment-due.tsx'
import { AccountFrame } from './frame.tsx'
import { PendingEmailSection } from './pending-email.tsx'

/** What has just been done, said once on the page that follows. */
export const doneThings = ['password', 'email', 'withdrawn', 'session', 'others', 'verification'] as const
export type Done = (typeof doneThings)[number]

interface OverviewPageProps {
  readonly t: Translate
  readonly user: User
  readonly pending?: PendingEmail | undefined
  readonly sessions: readonly Session[]
  readonly here: SessionId
  readonly now: Date
  readonly mailIsSent: boolean
  readonly done?: Done | undefined
  /** They have put off to add what is asked for, until then. */
  readonly enrolmentDue?: Date | undefined
}

export const OverviewPage = ({
  t,
  user,
  pending,
  sessions,
  here,
  now,
  mailIsSent,
  done,
  enrolmentDue,
}: OverviewPageProps) => (
  <AccountFrame t={t} title={t('account.title')} at="overview">
    {done && (
      <Alert tone="notice" id="done">
        {mailIsSent || !isLetter(done) ? (
          <p>{t(`account.done.${done}`)}</p>
        ) : (
          <p>
            <strong>{t('noMail.title')}.</strong> {t('noMail.lead')}
          </p>
        )}
      </Alert>
    )}
    <EnrolmentDue t={t} until={enrolmentDue} elsewhere />
    <section class="section">
      <Facts
        facts={[
          { label: t('account.name'), value: <Name>{user.name}</Name> },
          { label: t('account.address'), value: <Address t={t} user={user} /> },
        ]}
      />
      {!user.emailVerified && (
        <div class="compact">
          <Form t={t} id="verify-email" action={paths.verifyEmail}>
            <Button id="send-verification" kind="secondary">
              {t('account.verify')}
            </Button>
          </Form>
        </div>
      )}
    </section>
    {pending && <PendingEmailSection t={t} pending={pending} now={now} />}
    <section class="section" id="sessions">
      <h2>{t('account.sessions')}</h2>
      <p class="lead">{t('account.sessions.lead')}</p>
      <Records>
        {sessions.map((session) => (
          <SessionEntry key={session.id} t={t} session={session} isHere={session.id === here} now={now} />
        ))}
      </Records>
      {sessions.some(({ id }) => id !== here) && (
        <div class="compact">
          <Form t={t} id="end-others" action={paths.endOthers}>
            <Button id="sign-out-others" kind="secondary">
              {t('account.endOthers')}
            </Button>
          </Form>
        </div>
      )}
    </section>
  </AccountFrame>
)

const isLetter = (done: Done) => done === 'email' || done === 'verification'

const Address = ({ t, user: { email, emailVerified } }: Pick<OverviewPageProps, 't' | 'user'>) => (
  <>
    <Name>{email}</Name> <Badge>{t(emailVerified ? 'account.verified' : 'account.unverified')}</Badge>
  </>
)

interface SessionEntryProps {
  readonly t: Translate
  readonly session: Session
  readonly isHere: boolean
  readonly now: Date
}

const SessionEntry = ({ t, session, isHere, now }: SessionEntryProps) => {
  const { id, device, ip, createdAt, lastSeenAt } = session
  return (
    <Entry
      id={id}
      title={deviceText(t, device) ?? t('account.device.unknown')}
      badge={isHere ? t('account.here') : undefined}
      details={[
        <bdi>{ip}</bdi>,
        t.rich('account.since', { time: <Ago t={t} at={createdAt} now={now} /> }),
        t.rich('account.lastSeen', { time: <Ago t={t} at={lastSeenAt} now={now} /> }),
      ]}
      action={
        isHere ? undefined : (
          <Form t={t} id={`end-${id}`} action={paths.endSession}>
            <Button id={`sign-out-${id}`} kind="secondary" name="session" value={id}>
              {t('account.end')}
            </Button>
          </Form>
        )
      }
    />
  )
}
