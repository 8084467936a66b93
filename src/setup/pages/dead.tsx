import { Command } from '../../ui/facts.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Reference } from '../../ui/reference.tsx'

interface DeadLinkPageProps {
  readonly t: Translate
  readonly requestId: string
}

/** One page for every reason: a stranger with a guessed link learns nothing (threat 33). */
export const DeadLinkPage = ({ t, requestId }: DeadLinkPageProps) => (
  <Layout t={t} title={t('setup.dead.title')}>
    <h1>{t('setup.dead.title')}</h1>
    <p class="lead">{t('setup.dead.why')}</p>
    <p>{t('setup.dead.cure')}</p>
    <Command>npx hearthkey setup-link</Command>
    <Reference t={t} code="setup-link-dead" requestId={requestId} />
  </Layout>
)
