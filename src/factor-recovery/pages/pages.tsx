import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import { Name } from '../../ui/name.tsx'
import { WayOn } from '../../ui/way-on.tsx'

interface PageProps {
  readonly t: Translate
}

interface AskingProps extends PageProps {
  readonly action: `/${string}`
  readonly email: string
}

const Moment = ({ t, at }: PageProps & { readonly at: Date }) => (
  <time datetime={at.toISOString()}>{momentIn(at, t.language.tag)}</time>
)

/** Opening it changes nothing: mail scanners open everything. */
export const RecoverPage = ({ t, action, email }: AskingProps) => (
  <Layout t={t} title={t('factorRecovery.title')}>
    <h1>{t('factorRecovery.title')}</h1>
    <p class="lead">{t.rich('factorRecovery.lead', { email: <Name>{email}</Name> })}</p>
    <p>{t('factorRecovery.effect')}</p>
    <Form t={t} id="factor-recovery" action={action}>
      <Button id="take-away">{t('factorRecovery.submit')}</Button>
    </Form>
  </Layout>
)

interface EarlyPageProps extends PageProps {
  readonly opensAt: Date
  readonly until: Date
}

export const EarlyPage = ({ t, opensAt, until }: EarlyPageProps) => (
  <Layout t={t} title={t('factorRecovery.early.title')}>
    <h1>{t('factorRecovery.early.title')}</h1>
    <p class="lead">
      {t.rich('factorRecovery.early.lead', { time: <Moment t={t} at={opensAt} />, until: <Moment t={t} at={until} /> })}
    </p>
    <p>{t('factorRecovery.early.why')}</p>
  </Layout>
)

/** Its time has come, and its owner cannot have heard of it. */
export const UntoldPage = ({ t, until }: Omit<EarlyPageProps, 'opensAt'>) => (
  <Layout t={t} title={t('factorRecovery.early.title')}>
    <h1>{t('factorRecovery.early.title')}</h1>
    <p class="lead">{t('factorRecovery.untold.lead')}</p>
    <p>{t('factorRecovery.early.why')}</p>
    <p>{t.rich('factorRecovery.untold.cure', { until: <Moment t={t} at={until} /> })}</p>
  </Layout>
)

export const RecoveredPage = ({ t }: PageProps) => (
  <Layout t={t} title={t('factorRecovery.done.title')}>
    <h1>{t('factorRecovery.done.title')}</h1>
    <p class="lead">{t('factorRecovery.done.lead')}</p>
    <WayOn t={t} id="sign-in" href="/account" label={t('factorRecovery.signIn')} />
  </Layout>
)

/** One page for every reason: a stranger with a guessed link learns nothing. */
export const DeadPage = ({ t }: PageProps) => (
  <Layout t={t} title={t('factorRecovery.dead.title')}>
    <h1>{t('factorRecovery.dead.title')}</h1>
    <p class="lead">{t('factorRecovery.dead.why')}</p>
    <p>{t('factorRecovery.dead.cure')}</p>
    <WayOn t={t} id="sign-in" href="/account" label={t('factorRecovery.signIn')} />
  </Layout>
)

export const StopPage = ({ t, action, email, opensAt }: AskingProps & { readonly opensAt: Date }) => (
  <Layout t={t} title={t('factorRecovery.stop.title')}>
    <h1>{t('factorRecovery.stop.title')}</h1>
    <p class="lead">
      {t.rich('factorRecovery.stop.lead', { email: <Name>{email}</Name>, time: <Moment t={t} at={opensAt} /> })}
    </p>
    <p>{t('factorRecovery.stop.effect')}</p>
    <Form t={t} id="stop-recovery" action={action}>
      <Button id="stop">{t('factorRecovery.stop.submit')}</Button>
    </Form>
  </Layout>
)

export const StoppedPage = ({ t }: PageProps) => (
  <Layout t={t} title={t('factorRecovery.stopped.title')}>
    <h1>{t('factorRecovery.stopped.title')}</h1>
    <p class="lead">{t('factorRecovery.stopped.lead')}</p>
    <p>{t('factorRecovery.stopped.next')}</p>
    <WayOn t={t} id="recover" href="/recover" label={t('recovery.locked.recover')} />
  </Layout>
)
