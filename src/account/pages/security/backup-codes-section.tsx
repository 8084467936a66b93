import type { SecondFactor } from '../../../factors/factor.ts'
import { Ago } from '../../../ui/ago.tsx'
import { Alert } from '../../../ui/alert.tsx'
import { Link } from '../../../ui/link.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { paths } from '../../paths.ts'
import { hasSecondFactor, type Owned } from '../../security/owned.ts'

/** So few that the next loss may be the last that they help with. */
const FEW = 3

interface BackupCodesSectionProps {
  readonly t: Translate
  readonly owned: Owned
  /** What the instance lets count: codes stand in for one of these. */
  readonly counting: readonly SecondFactor[]
  readonly now: Date
}

export const BackupCodesSection = ({ t, owned, counting, now }: BackupCodesSectionProps) => {
  const { backupCodes: codes } = owned
  const isOf = hasSecondFactor(owned)
  return (
    <section class="section" id="backup-codes">
      <h2>{t('security.backupCodes')}</h2>
      <p class="lead">{t('security.backupCodes.lead')}</p>
      {codes && codes.left <= FEW && (
        <Alert tone="danger" id="few-codes">
          <p>
            {codes.left === 0
              ? t('security.backupCodes.noneLeft')
              : t('security.backupCodes.few', { count: codes.left })}
          </p>
        </Alert>
      )}
      {codes && codes.left > FEW && (
        <p id="codes-left">
          {t.rich('security.backupCodes.left', {
            count: codes.left,
            time: <Ago t={t} at={codes.createdAt} now={now} />,
          })}
        </p>
      )}
      {!codes && (
        <p>{isOf ? t('security.backupCodes.none') : t('security.backupCodes.later', { ways: waysIn(t, counting) })}</p>
      )}
      {isOf && counting.includes('backup-code') && (
        <div class="compact">
          <Link id="make-codes" href={t.carry(paths.backupCodes)} asButton>
            {t(codes ? 'security.backupCodes.renew' : 'security.backupCodes.make')}
          </Link>
        </div>
      )}
    </section>
  )
}

/** Those alone that can be had here. */
const waysIn = (t: Translate, counting: readonly SecondFactor[]): string =>
  new Intl.ListFormat(t.language.tag, { type: 'disjunction' }).format(
    counting.filter((factor) => factor !== 'backup-code').map((factor) => t(`secondFactor.${factor}`)),
  )
