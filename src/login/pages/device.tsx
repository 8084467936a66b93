import type { Described } from '../../consents/described.ts'
import { Button } from '../../ui/button.tsx'
import { Code, Facts } from '../../ui/facts.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Letter } from '../../ui/letter.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { Permissions } from '../../ui/permissions.tsx'
import type { ConsentQuestion, PendingDevice } from '../ports.ts'
import { About, whoIsSignedIn } from './consent.tsx'

interface DevicePageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly cancel: `/${string}`
  readonly client: { readonly name: string; readonly uri?: string; readonly firstParty: boolean }
  readonly account: string
  readonly device: PendingDevice
  readonly question: ConsentQuestion
}

/**
 * RFC 8628 §5.4: somebody may have been sent a code that a thief's device shows. Who looks here sees which device it is, from
 * where it asked, and the code to hold against the one on their own screen; nothing that the device gets is folded away,
 * and nothing happens before they have answered.
 */
export const DevicePage = ({ t, action, cancel, client, account, device, question }: DevicePageProps) => {
  const name = <Name>{client.name}</Name>
  const { code, name: says, ip } = device
  const { asks, whole, organisation, inEveryOrganisation } = question
  // Not what is new alone: this device can do nothing yet, whatever the application can elsewhere.
  const gets = whole ?? asks
  return (
    <Layout t={t} title={t('device.confirm.title', { client: client.name })}>
      <div class="titled">
        <Letter name={client.name} language={t.language.tag} />
        <h1>{t.rich('device.confirm.title', { client: name })}</h1>
      </div>
      <p class="lead">{whoIsSignedIn(t, account, organisation)}</p>
      <code class="user-code" dir="ltr" translate="no">
        {code}
      </code>
      <p>
        <strong>{t('device.confirm.compare')}</strong>
      </p>
      <Facts
        facts={[
          {
            label: t('device.confirm.device'),
            value: says === undefined ? t('device.confirm.unnamed') : <Name>{says}</Name>,
          },
          { label: t('device.confirm.place'), value: <Code>{ip}</Code> },
        ]}
      />
      {isEmpty(gets) ? (
        <p>{t('device.confirm.nothing')}</p>
      ) : (
        <section>
          <h2 id="asks">{t.rich('device.confirm.asks', { client: name })}</h2>
          <Permissions t={t} labelledBy="asks" {...gets} news={whole && asks} />
          {client.firstParty ? null : (
            <>
              {inEveryOrganisation && <p>{t('consent.everyOrganisation')}</p>}
              <p class="hint">{t('consent.takeBack')}</p>
            </>
          )}
        </section>
      )}
      <Form t={t} id="consent" action={action}>
        <Button id="allow">{t('device.confirm.allow')}</Button>
      </Form>
      <Form t={t} id="refuse" action={cancel}>
        <Button id="deny" kind="secondary">
          {t('device.confirm.deny')}
        </Button>
      </Form>
      {client.firstParty ? null : <About t={t} client={client} {...question} />}
    </Layout>
  )
}

const isEmpty = ({ scopes, claims, apis }: Described): boolean => scopes.length + claims.length + apis.length === 0
