import type { Secret } from '../lib/secret.ts'
import { Keepable } from './keepable.tsx'
import type { Translate } from './messages/translator.ts'

interface BackupCodesProps {
  readonly t: Translate
  readonly codes: readonly Secret<string>[]
  /** Whose they are, for the day on which they are found in a drawer. */
  readonly account: string
  readonly host: string
}

/** The one time that they are shown. */
export const BackupCodes = ({ t, codes, account, host }: BackupCodesProps) => (
  <section class="backup-codes">
    <p>{t('backupCodes.once')}</p>
    <noscript>
      <p class="hint">{t('backupCodes.byHand')}</p>
    </noscript>
    <Keepable
      t={t}
      id="backup-codes"
      copy={t('backupCodes.copy')}
      download={{ label: t('backupCodes.download'), fileName: `${t('backupCodes.file')}.txt` }}
      print={t('backupCodes.print')}
    >
      <p class="hint" data-line={t('backupCodes.of', { account, host })}>
        {t.rich('backupCodes.of', { account: <bdi>{account}</bdi>, host: <bdi>{host}</bdi> })}
      </p>
      <ol>
        {codes.map((code) => (
          <li key={code.reveal()}>
            <code dir="ltr" translate="no" data-line={code.reveal()}>
              {code.reveal()}
            </code>
          </li>
        ))}
      </ol>
      <p class="hint" data-line={t('backupCodes.rule')}>
        {t('backupCodes.rule')}
      </p>
    </Keepable>
  </section>
)
