import type { Level } from '../../factors/level.ts'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { WayOn } from '../../ui/way-on.tsx'
import { type AccountPath, paths } from '../paths.ts'

interface StrongerPageProps {
  readonly t: Translate
  /** What this person can reach, and did not. */
  readonly level: Level
  /** They did reach it, too long ago. */
  readonly isStale: boolean
  readonly again: AccountPath
}

/** Signed in, freshly, and not as strongly as they can be. It asks for nothing by itself: that would go in circles. */
export const StrongerPage = ({ t, level, isStale, again }: StrongerPageProps) => (
  <Layout t={t} title={t('security.stronger.title')}>
    <h1>{t('security.stronger.title')}</h1>
    <p class="lead">
      {t(
        isStale ? 'security.stronger.stale' : level === 'phr' ? 'security.stronger.passkey' : 'security.stronger.totp',
      )}
    </p>
    {isStale ? null : <p>{t('security.stronger.lost')}</p>}
    <WayOn t={t} id="sign-in-again" href={again} label={t('security.stronger.again')} />
    <WayOn t={t} id="to-account" href={paths.overview} label={t('account.toAccount')} />
  </Layout>
)
