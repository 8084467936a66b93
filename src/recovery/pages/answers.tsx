import { ACCOUNT_PATH } from '../../http/input/way-back.ts'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { WayOn } from '../../ui/way-on.tsx'

interface DonePageProps {
  readonly t: Translate
  readonly signIn: `/${string}`
}

/** It names nobody: whoever reloads it has no link any more that would say who they are. */
export const DonePage = ({ t, signIn }: DonePageProps) => (
  <Layout t={t} title={t('recovery.done.title')}>
    <h1>{t('recovery.done.title')}</h1>
    <p class="lead">{t('recovery.done.lead')}</p>
    <WayOn
      t={t}
      id="sign-in"
      href={signIn}
      label={t(signIn === ACCOUNT_PATH ? 'recovery.account' : 'recovery.signIn')}
    />
  </Layout>
)

/** One page for every reason: a stranger with a guessed link learns nothing. */
export const DeadPage = ({ t }: { readonly t: Translate }) => (
  <Layout t={t} title={t('recovery.dead.title')}>
    <h1>{t('recovery.dead.title')}</h1>
    <p class="lead">{t('recovery.dead.why')}</p>
    <p>{t('recovery.dead.cure')}</p>
    <WayOn t={t} id="again" href="/recover" label={t('recovery.dead.again')} />
    <p class="aside">
      <Link id="sign-in" href={t.carry(ACCOUNT_PATH)}>
        {t('recovery.account')}
      </Link>
    </p>
  </Layout>
)
