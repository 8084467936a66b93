import { Layout } from '../../../ui/layout.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { Name } from '../../../ui/name.tsx'
import { WayOn } from '../../../ui/way-on.tsx'

const ORGANISATIONS_PATH = '/account/organisations'

interface AnswerProps {
  readonly t: Translate
  /** Unknown to whoever opens the page again later. */
  readonly organisation?: string | undefined
}

/** Nobody is signed in by a link: the password that was chosen proves itself at the sign-in. */
export const DonePage = ({ t, organisation }: AnswerProps) => (
  <Layout t={t} title={t('invite.done.title')}>
    <h1>{t('invite.done.title')}</h1>
    <p class="lead">
      {organisation === undefined
        ? t('invite.done.lead.unnamed')
        : t.rich('invite.done.lead', { organisation: <Name>{organisation}</Name> })}
    </p>
    <WayOn t={t} id="sign-in" href={ORGANISATIONS_PATH} label={t('invite.done.signIn')} />
  </Layout>
)

interface AlreadyPageProps {
  readonly t: Translate
  readonly organisation: string
}

export const AlreadyPage = ({ t, organisation }: AlreadyPageProps) => (
  <Layout t={t} title={t('invite.already.title', { organisation })}>
    <h1>{t.rich('invite.already.title', { organisation: <Name>{organisation}</Name> })}</h1>
    <p class="lead">{t('invite.already.lead')}</p>
    <WayOn t={t} id="to-organisations" href={ORGANISATIONS_PATH} label={t('invite.toOrganisations')} />
  </Layout>
)

/** One page for every reason: a stranger with a guessed link learns nothing. */
export const DeadPage = ({ t }: { readonly t: Translate }) => (
  <Layout t={t} title={t('invite.dead.title')}>
    <h1>{t('invite.dead.title')}</h1>
    <p class="lead">{t('invite.dead.why')}</p>
    <p>{t('invite.dead.cure')}</p>
    <WayOn t={t} id="to-account" href="/account" label={t('invite.dead.account')} />
  </Layout>
)
