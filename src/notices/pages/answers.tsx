import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { WayOn } from '../../ui/way-on.tsx'

interface AnswerProps {
  readonly t: Translate
}

const ToRecovery = ({ t }: AnswerProps) => (
  <WayOn t={t} id="recover" href="/recover" label={t('recovery.locked.recover')} />
)

export const LockedPage = ({ t }: AnswerProps) => (
  <Layout t={t} title={t('recovery.locked.title')}>
    <h1>{t('recovery.locked.title')}</h1>
    <p class="lead">{t('recovery.locked.lead')}</p>
    <p>{t('recovery.locked.mailbox')}</p>
    <p>{t('recovery.locked.next')}</p>
    <ToRecovery t={t} />
  </Layout>
)

/** One page for every reason: a stranger with a guessed link learns nothing. */
export const DeadPage = ({ t }: AnswerProps) => (
  <Layout t={t} title={t('recovery.dead.title')}>
    <h1>{t('recovery.dead.title')}</h1>
    <p class="lead">{t('recovery.notMe.dead.why')}</p>
    <p>{t('recovery.notMe.dead.cure')}</p>
    <ToRecovery t={t} />
  </Layout>
)
