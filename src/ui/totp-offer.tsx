import type { Secret } from '../lib/secret.ts'
import { Keepable } from './keepable.tsx'
import type { Translate } from './messages/translator.ts'
import { QrCode } from './qr-code.tsx'

interface TotpOfferProps {
  readonly t: Translate
  /** In base32. */
  readonly secret: Secret<string>
  readonly uri: Secret<string>
}

const GROUP = /.{1,4}/g

/** The same secret three ways: for a camera, for the app on this device, and for the keyboard. */
export const TotpOffer = ({ t, secret, uri }: TotpOfferProps) => (
  <section class="totp-offer">
    <p>{t('totp.scan')}</p>
    <QrCode value={uri} label={t('totp.picture')} />
    <p class="totp-here">
      <a id="open-totp-app" href={uri.reveal()}>
        {t('totp.open')}
      </a>
    </p>
    <p>{t('totp.key')}</p>
    <p class="hint">{t('totp.secret')}</p>
    <Keepable t={t} id="totp-key" copy={t('totp.copy')}>
      <code class="command" dir="ltr" translate="no" data-line={secret.reveal()}>
        {(secret.reveal().match(GROUP) ?? []).join(' ')}
      </code>
    </Keepable>
  </section>
)
