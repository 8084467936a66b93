import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { Name } from '../../../ui/name.tsx'
import { WayOn } from '../../../ui/way-on.tsx'
import { InvitationFrame, type Shown } from './frame.tsx'

interface PageProps {
  readonly t: Translate
  readonly invitation: Shown
}

interface AcceptPageProps extends PageProps {
  readonly action: `/${string}`
  readonly account: string
}

/** For whoever is signed in and has the address that was invited. */
export const AcceptPage = ({ t, invitation, action, account }: AcceptPageProps) => (
  <InvitationFrame t={t} invitation={invitation}>
    <p class="lead">{t.rich('invite.accept.lead', { account: <Name>{account}</Name> })}</p>
    <Form t={t} id="accept" action={action}>
      <Button id="accept-invitation">{t('invite.accept.submit')}</Button>
    </Form>
  </InvitationFrame>
)

/** Whoever is told this holds the mailbox, or was handed the letter: it names nothing that the letter does not. */
export const OtherPersonPage = ({ t, invitation, account }: PageProps & { readonly account: string }) => (
  <InvitationFrame t={t} invitation={invitation}>
    <p class="lead">
      {t.rich('invite.other.lead', { email: <Name>{invitation.email}</Name>, account: <Name>{account}</Name> })}
    </p>
    <p>{t('invite.other.cure')}</p>
    <WayOn t={t} id="sign-out" href="/oauth/logout" label={t('invite.other.signOut')} />
  </InvitationFrame>
)

export const UnverifiedPage = ({ t, invitation }: PageProps) => (
  <InvitationFrame t={t} invitation={invitation}>
    <p class="lead">{t.rich('invite.unverified.lead', { email: <Name>{invitation.email}</Name> })}</p>
    <p>{t('invite.unverified.cure')}</p>
    <WayOn t={t} id="to-account" href="/account" label={t('invite.unverified.account')} />
  </InvitationFrame>
)
