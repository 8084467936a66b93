import type { Passkey } from '../../../credentials/passkey/passkey.ts'
import type { Totp } from '../../../credentials/totp/totp.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { Link } from '../../../ui/link.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { Name } from '../../../ui/name.tsx'
import { Actions, Entry, Records } from '../../../ui/records.tsx'
import { paths } from '../../paths.ts'
import { type What, withWhat } from '../../security/what.ts'

interface SectionProps {
  readonly t: Translate
  readonly isOffered: boolean
  readonly now: Date
}

export const PasskeysSection = ({
  t,
  passkeys,
  isOffered,
  now,
}: SectionProps & { readonly passkeys: readonly Passkey[] }) => (
  <section class="section" id="passkeys">
    <h2>{t('security.passkeys')}</h2>
    <p class="lead">{t('security.passkeys.lead')}</p>
    {passkeys.length > 0 && (
      <Records>
        {passkeys.map(({ id, name, model, synced, createdAt, lastUsedAt }) => (
          <Entry
            key={id}
            id={id}
            title={<Name>{name}</Name>}
            badge={t(synced ? 'security.passkey.synced' : 'security.passkey.device')}
            details={[
              ...(model === undefined || model === name ? [] : [<Name>{model}</Name>]),
              ...times(t, createdAt, lastUsedAt ?? null, now),
            ]}
            action={<FactorActions t={t} what={id} name={name} />}
          />
        ))}
      </Records>
    )}
    {isOffered && (
      <div class="compact">
        <Link id="add-passkey" href={t.carry(paths.addPasskey)} asButton>
          {t('security.passkeys.add')}
        </Link>
      </div>
    )}
  </section>
)

export const AppsSection = ({ t, apps, isOffered, now }: SectionProps & { readonly apps: readonly Totp[] }) => (
  <section class="section" id="apps">
    <h2>{t('security.apps')}</h2>
    <p class="lead">{t('security.apps.lead')}</p>
    {apps.length > 0 && (
      <Records>
        {apps.map(({ id, name, createdAt, lastUsedAt }) => (
          <Entry
            key={id}
            id={id}
            title={<Name>{name}</Name>}
            details={times(t, createdAt, lastUsedAt, now)}
            action={<FactorActions t={t} what={id} name={name} />}
          />
        ))}
      </Records>
    )}
    {isOffered && (
      <div class="compact">
        <Form t={t} id="begin-app" action={paths.beginApp}>
          <Button id="add-app" kind="secondary">
            {t('security.apps.add')}
          </Button>
        </Form>
      </div>
    )}
  </section>
)

interface EmailCodeSectionProps {
  readonly t: Translate
  readonly email: string
  readonly isOn: boolean
}

export const EmailCodeSection = ({ t, email, isOn }: EmailCodeSectionProps) => (
  <section class="section" id="email-code">
    <h2>{t('security.emailCode')}</h2>
    <p class="lead">
      {isOn ? t.rich('security.emailCode.on', { email: <Name>{email}</Name> }) : t('security.emailCode.lead')}
    </p>
    <div class="compact">
      {isOn ? (
        <Link id="remove-email-code" href={t.carry(withWhat(paths.removeFactor, 'email-code'))} asButton>
          {t('security.emailCode.turnOff')}
        </Link>
      ) : (
        <Form t={t} id="send-email-code" action={paths.sendEmailCode}>
          <Button id="add-email-code" kind="secondary">
            {t('security.emailCode.turnOn')}
          </Button>
        </Form>
      )}
    </div>
  </section>
)

const times = (t: Translate, addedAt: Date, usedAt: Date | null, now: Date) => [
  t.rich('security.added', { time: <Ago t={t} at={addedAt} now={now} /> }),
  usedAt === null ? t('security.unused') : t.rich('security.used', { time: <Ago t={t} at={usedAt} now={now} /> }),
]

interface FactorActionsProps {
  readonly t: Translate
  readonly what: What
  readonly name: string
}

const FactorActions = ({ t, what, name }: FactorActionsProps) => (
  <Actions>
    <Link
      id={`rename-${what}`}
      href={t.carry(withWhat(paths.renameFactor, what))}
      label={t('security.rename.label', { name })}
    >
      {t('security.rename')}
    </Link>
    <Link
      id={`remove-${what}`}
      href={t.carry(withWhat(paths.removeFactor, what))}
      label={t('security.remove.label', { name })}
    >
      {t('security.remove')}
    </Link>
  </Actions>
)
