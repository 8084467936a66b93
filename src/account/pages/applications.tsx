import type { Session } from '../../sessions/session.ts'
import { Ago } from '../../ui/ago.tsx'
import { Alert } from '../../ui/alert.tsx'
import { Letter } from '../../ui/letter.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { Permissions } from '../../ui/permissions.tsx'
import { Badge } from '../../ui/records.tsx'
import type { OwnApplication } from '../applications/application.ts'
import { deviceText } from '../device-text.ts'
import { paths } from '../paths.ts'
import { AccountFrame } from './frame.tsx'

/** What has just been done, said once on the page that follows. */
export const doneWithApplications = ['removed'] as const

type Devices = readonly Pick<Session, 'id' | 'device'>[]

interface ApplicationsPageProps {
  readonly t: Translate
  readonly applications: readonly OwnApplication[]
  /** Where the person is signed in. */
  readonly devices: Devices
  readonly now: Date
  readonly done?: (typeof doneWithApplications)[number] | undefined
}

export const ApplicationsPage = ({ t, applications, devices, now, done }: ApplicationsPageProps) => (
  <AccountFrame t={t} title={t('applications.title')} at="applications">
    {done && (
      <Alert tone="notice" id="done">
        <p>{t(`applications.done.${done}`)}</p>
      </Alert>
    )}
    <p class="lead">{t(applications.length > 0 ? 'applications.lead' : 'applications.none')}</p>
    {applications.length > 0 && (
      <ul id="applications">
        {applications.map((application) => (
          <Application key={application.clientId} t={t} application={application} devices={devices} now={now} />
        ))}
      </ul>
    )}
  </AccountFrame>
)

interface ApplicationProps extends Pick<ApplicationsPageProps, 't' | 'devices' | 'now'> {
  readonly application: OwnApplication
}

const Application = ({ t, application, devices, now }: ApplicationProps) => {
  const { clientId, name, firstParty, since, lastUsed, can, connection, sessions } = application
  const places = placesOf(t, sessions, devices)
  const details = [
    t.rich('applications.since', { time: <Ago t={t} at={since} now={now} /> }),
    ...(lastUsed ? [t.rich('applications.used', { time: <Ago t={t} at={lastUsed} now={now} /> })] : []),
    t(`applications.${connection}`),
    ...(places === '' ? [] : [t.rich('applications.devices', { devices: <bdi>{places}</bdi> })]),
  ]
  const id = `application-${clientId}`
  return (
    <li id={id} class="application">
      <Letter name={name} language={t.language.tag} />
      <div>
        <h2>
          <Name>{name}</Name>
          {firstParty && <Badge>{t('applications.ours')}</Badge>}
        </h2>
        <p class="details">
          {details.map((detail, place) => (
            <span key={String(place)}>{detail}</span>
          ))}
        </p>
        <details class="fold">
          <summary id={`can-${clientId}`}>{t('applications.can')}</summary>
          <Permissions t={t} labelledBy={`can-${clientId}`} {...can} />
        </details>
        <p class="actions">
          <Link
            id={`remove-${clientId}`}
            href={t.carry(`${paths.removeApplication}?application=${encodeURIComponent(clientId)}`)}
            label={t('applications.remove.label', { client: name })}
            asButton
          >
            {t('applications.remove')}
          </Link>
        </p>
      </div>
    </li>
  )
}

/** Each once, however often somebody has signed in with it. */
function placesOf(t: Translate, sessions: OwnApplication['sessions'], devices: Devices): string {
  const found = devices.filter(({ id }) => sessions.includes(id))
  const names = new Set(found.map(({ device }) => deviceText(t, device) ?? t('account.device.unknown')))
  return new Intl.ListFormat(t.language.tag, { type: 'conjunction' }).format(names)
}
