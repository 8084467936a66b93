import { Command } from '../../ui/facts.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'

/** One page for every reason: a stranger with a guessed link learns nothing (threat 33). */
export const DeadLinkPage = ({ t }: { readonly t: Translate }) => (
  <Layout t={t} title={t('setup.dead.title')}>
    <h1>{t('setup.dead.title')}</h1>
    <p class="lead">{t('setup.dead.why')}</p>
    <p>{t('setup.dead.cure')}</p>
    <Command>npx hearthkey setup-link</Command>
  </Layout>
)
