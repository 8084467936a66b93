import type { Secret } from '../../../lib/secret.ts'
import { Alert } from '../../../ui/alert.tsx'
import { BackupCodes } from '../../../ui/backup-codes.tsx'
import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import { Link } from '../../../ui/link.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { WayOn } from '../../../ui/way-on.tsx'
import { paths } from '../../paths.ts'
import { AccountFrame } from '../frame.tsx'
import type { DoneInSecurity } from './overview.tsx'

interface MakeCodesPageProps {
  readonly t: Translate
  /** There are some: they die. */
  readonly replaces: boolean
  /** What led here. */
  readonly done?: DoneInSecurity | undefined
}

/** Asked once more: what somebody has on paper stops working. */
export const MakeCodesPage = ({ t, replaces, done }: MakeCodesPageProps) => {
  const what = replaces ? 'renew' : 'make'
  return (
    <AccountFrame t={t} title={t(`security.backupCodes.${what}.title`)} at="security">
      {done && (
        <Alert tone="notice" id="done">
          <p>{t(`security.done.${done}`)}</p>
        </Alert>
      )}
      <p class="lead">{t(`security.backupCodes.${what}.lead`)}</p>
      <div class="narrow">
        <Form t={t} id="make-codes" action={paths.backupCodes}>
          <Button id="make">{t(`security.backupCodes.${what}`)}</Button>
          <Link id="not-now" href={t.carry(paths.security)} asButton="quiet">
            {t(replaces ? 'security.backupCodes.keep' : 'security.backupCodes.later.button')}
          </Link>
        </Form>
      </div>
    </AccountFrame>
  )
}

interface NewCodesPageProps {
  readonly t: Translate
  readonly codes: readonly Secret<string>[]
  readonly account: string
  readonly host: string
}

export const NewCodesPage = ({ t, codes, account, host }: NewCodesPageProps) => (
  <AccountFrame t={t} title={t('security.backupCodes.new.title')} at="security">
    <BackupCodes t={t} codes={codes} account={account} host={host} />
    <WayOn t={t} id="kept" href={paths.security} label={t('security.backupCodes.kept')} />
  </AccountFrame>
)
