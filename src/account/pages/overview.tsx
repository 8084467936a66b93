import { Alert } from '../../ui/alert.tsx'
import { Button } from '../../ui/button.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Form } from '../../ui/form.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { Badge } from '../../ui/records.tsx'
import type { User } from '../../users/user.ts'
import type { PendingEmail } from '../email/pending.ts'
import { paths } from '../paths.ts'
import { EnrolmentDue } from './enrolment-due.tsx'
import { AccountFrame } from './frame.tsx'
import { PendingEmailSection } from './pending-email.tsx'

/** What has just been done, said once on the page that follows. */
export const doneThings = ['password', 'email', 'withdrawn', 'verification'] as const
export type Done = (typeof doneThings)[number]

interface OverviewPageProps {
  readonly t: Translate
  readonly user: User
  readonly pending?: PendingEmail | undefined
  /** In how many browsers, this one among them. */
  readonly signedIn: number
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
  signedIn,
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
    <section class="section" id="signed-in">
      <h2>{t('sessions.title')}</h2>
      <p>{signedIn > 1 ? t('sessions.overview.more', { number: signedIn }) : t('sessions.overview.one')}</p>
      <p>
        <Link id="show-sessions" href={t.carry(paths.sessions)}>
          {t('sessions.overview.show')}
        </Link>
      </p>
    </section>
    <section class="section" id="let-in">
      <h2>{t('applications.title')}</h2>
      <p>
        <Link id="show-applications" href={t.carry(paths.applications)}>
          {t('sessions.overview.applications')}
        </Link>
      </p>
    </section>
  </AccountFrame>
)

const isLetter = (done: Done) => done === 'email' || done === 'verification'

const Address = ({ t, user: { email, emailVerified } }: Pick<OverviewPageProps, 't' | 'user'>) => (
  <>
    <Name>{email}</Name> <Badge>{t(emailVerified ? 'account.verified' : 'account.unverified')}</Badge>
  </>
)
