import type { TrustedBrowser } from '../../../trusted-browsers/trusted-browser.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { momentIn } from '../../../ui/moment.ts'
import { Entry, Records } from '../../../ui/records.tsx'
import { deviceText } from '../../device-text.ts'
import { paths } from '../../paths.ts'

interface BrowsersSectionProps {
  readonly t: Translate
  readonly browsers: readonly TrustedBrowser[]
  readonly now: Date
}

export const BrowsersSection = ({ t, browsers, now }: BrowsersSectionProps) => (
  <section class="section" id="browsers">
    <h2>{t('security.browsers')}</h2>
    <p class="lead">{t(browsers.length > 0 ? 'security.browsers.lead' : 'security.browsers.none')}</p>
    {browsers.length > 0 && (
      <>
        <Records>
          {browsers.map((browser) => (
            <BrowserEntry key={browser.id} t={t} browser={browser} now={now} />
          ))}
        </Records>
        <div class="compact">
          <Form t={t} id="end-browsers" action={paths.endBrowsers}>
            <Button id="end-all-browsers" kind="secondary">
              {t('security.browsers.endAll')}
            </Button>
          </Form>
        </div>
      </>
    )}
  </section>
)

interface BrowserEntryProps {
  readonly t: Translate
  readonly browser: TrustedBrowser
  readonly now: Date
}

const BrowserEntry = ({ t, browser, now }: BrowserEntryProps) => {
  const { id, device, ip, createdAt, lastUsedAt, expiresAt, isHere } = browser
  return (
    <Entry
      id={id}
      title={deviceText(t, device) ?? t('account.device.unknown')}
      badge={isHere ? t('account.here') : undefined}
      details={[
        <bdi>{ip}</bdi>,
        t.rich('security.browser.since', { time: <Ago t={t} at={createdAt} now={now} /> }),
        t.rich('security.used', { time: <Ago t={t} at={lastUsedAt} now={now} /> }),
        t.rich('security.browser.until', {
          time: <time datetime={expiresAt.toISOString()}>{momentIn(expiresAt, t.language.tag)}</time>,
        }),
      ]}
      action={
        <Form t={t} id={`end-trust-${id}`} action={paths.endBrowser}>
          <Button id={`end-${id}`} kind="secondary" name="browser" value={id}>
            {t('security.browser.end')}
          </Button>
        </Form>
      }
    />
  )
}
