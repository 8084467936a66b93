import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { paths } from '../paths.ts'

interface LinkPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly address: string
}

/** Opening changes nothing: mail scanners open everything. */
export const ConfirmEmailPage = ({ t, action, address }: LinkPageProps) => (
  <Layout t={t} title={t('account.confirm.title')}>
    <h1>{t('account.confirm.title')}</h1>
    <p>{t.rich('account.confirm.lead', { email: <Name>{address}</Name> })}</p>
    <p class="lead">{t('account.confirm.warning')}</p>
    <Form t={t} id="confirm-email" action={action}>
      <Button id="use-address">{t('account.confirm.submit')}</Button>
    </Form>
  </Layout>
)

export const UndoEmailPage = ({ t, action, address }: LinkPageProps) => (
  <Layout t={t} title={t('account.undo.title')}>
    <h1>{t('account.undo.title')}</h1>
    <p>{t.rich('account.undo.lead', { email: <Name>{address}</Name> })}</p>
    <p class="lead">{t('account.undo.then')}</p>
    <Form t={t} id="undo-email" action={action}>
      <Button id="restore-address">{t('account.undo.submit')}</Button>
    </Form>
  </Layout>
)

interface DonePageProps {
  readonly t: Translate
}

/** It names nobody: whoever reloads it has no link any more that would say who they are. */
export const EmailChangedPage = ({ t }: DonePageProps) => (
  <Layout t={t} title={t('account.confirmed.title')}>
    <h1>{t('account.confirmed.title')}</h1>
    <p>{t('account.confirmed.lead')}</p>
    <Link id="to-account" href={t.carry(paths.overview)} asButton>
      {t('account.toAccount')}
    </Link>
  </Layout>
)

export const EmailRestoredPage = ({ t }: DonePageProps) => (
  <Layout t={t} title={t('account.undone.title')}>
    <h1>{t('account.undone.title')}</h1>
    <p>{t('account.undone.lead')}</p>
    <p class="lead">{t('account.undone.next')}</p>
    <Link id="to-recovery" href={t.carry(paths.recover)} asButton>
      {t('account.undone.recover')}
    </Link>
  </Layout>
)

/** The old address is somebody else's, so recovery by mail would lead to the wrong account, or to whoever changed it. */
export const AccountShutPage = ({ t }: DonePageProps) => (
  <Layout t={t} title={t('account.shut.title')}>
    <h1>{t('account.shut.title')}</h1>
    <p>{t('account.shut.lead')}</p>
    <p>{t('account.shut.address')}</p>
    <p class="lead">{t('account.shut.cure')}</p>
  </Layout>
)

/** Used, superseded, too old or made up: nobody is told which. */
export const DeadLinkPage = ({ t }: DonePageProps) => (
  <Layout t={t} title={t('account.dead.title')}>
    <h1>{t('account.dead.title')}</h1>
    <p class="lead">{t('account.dead.why')}</p>
    <Link id="to-account" href={t.carry(paths.overview)} asButton>
      {t('account.toAccount')}
    </Link>
  </Layout>
)

/** Only to whoever holds the mailbox of that very address. */
export const TakenPage = ({ t, address }: Omit<LinkPageProps, 'action'>) => (
  <Layout t={t} title={t('account.taken.title')}>
    <h1>{t('account.taken.title')}</h1>
    <p>{t.rich('account.taken.why', { email: <Name>{address}</Name> })}</p>
    <p class="lead">{t('account.taken.cure')}</p>
  </Layout>
)
