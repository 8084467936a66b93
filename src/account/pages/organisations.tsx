import { Ago } from '../../ui/ago.tsx'
import { Alert } from '../../ui/alert.tsx'
import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { Entry, Records } from '../../ui/records.tsx'
import { type NamedRole, roleNames } from '../../ui/role-name.ts'
import { paths } from '../paths.ts'
import { AccountFrame } from './frame.tsx'

/** What has just been done, said once on the page that follows. */
export const doneInOrganisations = ['joined', 'left', 'forgotten'] as const

interface OwnOrganisation {
  readonly organisation: string
  readonly name: string
  readonly status: 'active' | 'suspended' | 'removed'
  readonly organisationIsActive: boolean
  readonly joinedAt: Date
  readonly roles: readonly NamedRole[]
}

interface Choice {
  readonly clientId: string
  readonly client: string
  readonly organisation: string
}

interface OrganisationsPageProps {
  readonly t: Translate
  readonly organisations: readonly OwnOrganisation[]
  readonly choices: readonly Choice[]
  readonly now: Date
  readonly done?: (typeof doneInOrganisations)[number] | undefined
}

export const OrganisationsPage = ({ t, organisations, choices, now, done }: OrganisationsPageProps) => (
  <AccountFrame t={t} title={t('organisations.title')} at="organisations">
    {done && (
      <Alert tone="notice" id="done">
        <p>{t(`organisations.done.${done}`)}</p>
      </Alert>
    )}
    <section class="section" id="organisations">
      <h2>{t('organisations.memberships')}</h2>
      <p class="lead">{t(organisations.length > 0 ? 'organisations.lead' : 'organisations.none')}</p>
      <Records>
        {organisations.map((own) => (
          <OrganisationEntry key={own.organisation} t={t} own={own} now={now} />
        ))}
      </Records>
    </section>
    {choices.length > 0 && (
      <section class="section" id="choices">
        <h2>{t('organisations.choices')}</h2>
        <p class="lead">{t('organisations.choices.lead')}</p>
        <Records>
          {choices.map((choice) => (
            <ChoiceEntry key={choice.clientId} t={t} choice={choice} organisations={organisations} />
          ))}
        </Records>
      </section>
    )}
  </AccountFrame>
)

interface OrganisationEntryProps {
  readonly t: Translate
  readonly own: OwnOrganisation
  readonly now: Date
}

const OrganisationEntry = ({ t, own, now }: OrganisationEntryProps) => {
  const { organisation, name, status, organisationIsActive, joinedAt, roles } = own
  const isActive = status === 'active' && organisationIsActive
  const why = organisationIsActive ? 'organisations.suspended.why' : 'organisations.inactive.why'
  return (
    <Entry
      id={organisation}
      title={<Name>{name}</Name>}
      badge={isActive ? undefined : t('organisations.suspended')}
      details={[
        roles.length > 0 ? <Name>{roleNames(t, roles)}</Name> : t('organisations.roles.none'),
        t.rich('organisations.joined', { time: <Ago t={t} at={joinedAt} now={now} /> }),
        ...(isActive ? [] : [t(why)]),
      ]}
      action={
        <Link
          id={`leave-${organisation}`}
          href={t.carry(`${paths.leaveOrganisation}?organisation=${organisation}`)}
          label={t('organisations.leave.label', { organisation: name })}
        >
          {t('organisations.leave')}
        </Link>
      }
    />
  )
}

interface ChoiceEntryProps {
  readonly t: Translate
  readonly choice: Choice
  readonly organisations: readonly OwnOrganisation[]
}

const ChoiceEntry = ({ t, choice: { clientId, client, organisation }, organisations }: ChoiceEntryProps) => {
  const name = organisations.find((own) => own.organisation === organisation)?.name
  return (
    <Entry
      title={<Name>{client}</Name>}
      details={[
        name === undefined
          ? t('organisations.choice.gone')
          : t.rich('organisations.choice', { organisation: <Name>{name}</Name> }),
      ]}
      action={
        <Form t={t} id={`forget-choice-${clientId}`} action={paths.forgetChoice}>
          <Button
            id={`forget-${clientId}`}
            kind="secondary"
            name="application"
            value={clientId}
            label={t('organisations.forget.label', { client })}
          >
            {t('organisations.forget')}
          </Button>
        </Form>
      }
    />
  )
}
