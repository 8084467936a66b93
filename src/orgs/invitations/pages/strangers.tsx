import { Button } from '../../../ui/button.tsx'
import { Form } from '../../../ui/form.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { Name } from '../../../ui/name.tsx'
import { hasNewAccountProblem, NewAccountForm, type NewAccountProps } from '../../../ui/new-account-form.tsx'
import { InvitationFrame, type Shown } from './frame.tsx'

interface SignInFirstPageProps {
  readonly t: Translate
  readonly invitation: Shown
  readonly action: `/${string}`
}

/** There is an account, and nobody is signed in: the way back leads to the invitation. */
export const SignInFirstPage = ({ t, invitation, action }: SignInFirstPageProps) => (
  <InvitationFrame t={t} invitation={invitation}>
    <p class="lead">{t.rich('invite.signIn.lead', { email: <Name>{invitation.email}</Name> })}</p>
    <Form t={t} id="sign-in" action={action}>
      <Button id="sign-in-to-accept">{t('invite.signIn.submit')}</Button>
    </Form>
  </InvitationFrame>
)

interface NewPersonPageProps extends NewAccountProps {
  readonly invitation: Shown
}

export const NewPersonPage = ({ invitation, ...form }: NewPersonPageProps) => {
  const { t, problems } = form
  const { email } = invitation
  return (
    <InvitationFrame t={t} invitation={invitation} hasProblem={hasNewAccountProblem(problems)}>
      <p class="lead">{t.rich('invite.new.lead', { email: <Name>{email}</Name> })}</p>
      <NewAccountForm
        {...form}
        id="create"
        email={email}
        button={{ id: 'create-and-accept', text: t('invite.new.submit') }}
      />
    </InvitationFrame>
  )
}
