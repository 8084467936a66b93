import type { Session, SessionId } from '../../sessions/session.ts'
import { Ago } from '../../ui/ago.tsx'
import { Alert } from '../../ui/alert.tsx'
import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Entry, Records } from '../../ui/records.tsx'
import type { OwnApplication } from '../applications/application.ts'
import { deviceText } from '../device-text.ts'
import { paths } from '../paths.ts'
import { factorsText, placeText } from '../sessions/words.ts'
import { AccountFrame } from './frame.tsx'

/** What has just been done, said once on the page that follows. */
export const doneWithSessions = ['session', 'others'] as const

interface SessionsPageProps {
  readonly t: Translate
  readonly sessions: readonly Session[]
  readonly here: SessionId
  readonly applications: readonly Pick<OwnApplication, 'name' | 'sessions'>[]
  readonly now: Date
  readonly done?: (typeof doneWithSessions)[number] | undefined
}

export const SessionsPage = ({ t, sessions, here, applications, now, done }: SessionsPageProps) => {
  const entry = (session: Session) => (
    <SessionEntry
      key={session.id}
      t={t}
      session={session}
      isHere={session.id === here}
      used={applications.filter((one) => one.sessions.includes(session.id)).map(({ name }) => name)}
      now={now}
    />
  )
  const elsewhere = sessions.filter(({ id }) => id !== here)
  return (
    <AccountFrame t={t} title={t('sessions.title')} at="sessions">
      {done && (
        <Alert tone="notice" id="done">
          <p>{t(`sessions.done.${done}`)}</p>
        </Alert>
      )}
      <p class="lead">{t('sessions.lead')}</p>
      <section class="section" id="session-here">
        <h2>{t('sessions.here')}</h2>
        <Records>{sessions.filter(({ id }) => id === here).map(entry)}</Records>
      </section>
      <section class="section" id="sessions-elsewhere">
        <h2>{t('sessions.elsewhere')}</h2>
        {elsewhere.length === 0 ? (
          <p>{t('sessions.none')}</p>
        ) : (
          <>
            <Records>{elsewhere.map(entry)}</Records>
            <p class="compact">
              <Link id="end-others" href={t.carry(paths.endOthers)} asButton>
                {t('sessions.endOthers')}
              </Link>
            </p>
          </>
        )}
      </section>
    </AccountFrame>
  )
}

interface SessionEntryProps extends Pick<SessionsPageProps, 't' | 'now'> {
  readonly session: Session
  readonly isHere: boolean
  readonly used: readonly string[]
}

const SessionEntry = ({ t, session, isHere, used, now }: SessionEntryProps) => {
  const { id, device, ip, place, amr, createdAt, lastSeenAt } = session
  const name = deviceText(t, device) ?? t('account.device.unknown')
  const where = place && placeText(t, place)
  const applications = new Intl.ListFormat(t.language.tag, { type: 'conjunction' }).format(new Set(used))
  const details = [
    ...(where === undefined ? [] : [<bdi>{where}</bdi>]),
    <bdi>{ip}</bdi>,
    t.rich('account.since', { time: <Ago t={t} at={createdAt} now={now} /> }),
    t('sessions.by', { factors: factorsText(t, amr) }),
    t.rich('sessions.lastSeen', { time: <Ago t={t} at={lastSeenAt} now={now} /> }),
    ...(used.length === 0 ? [] : [t.rich('sessions.applications', { applications: <bdi>{applications}</bdi> })]),
  ]
  return (
    <Entry
      id={id}
      title={name}
      details={details}
      action={
        isHere ? (
          <Link
            id={`sign-out-${id}`}
            href={t.carry(paths.signOut)}
            asButton
            label={t('sessions.end.label', { device: name })}
          >
            {t('sessions.end')}
          </Link>
        ) : (
          <Form t={t} id={`end-${id}`} action={paths.endSession}>
            <Button
              id={`sign-out-${id}`}
              kind="secondary"
              name="session"
              value={id}
              label={t('sessions.end.label', { device: name })}
            >
              {t('sessions.end')}
            </Button>
          </Form>
        )
      }
    />
  )
}
