import type { Child } from 'hono/jsx'
import { Facts } from '../../../ui/facts.tsx'
import { Layout } from '../../../ui/layout.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { momentIn } from '../../../ui/moment.ts'
import { Name } from '../../../ui/name.tsx'
import { type NamedRole, roleNames } from '../../../ui/role-name.ts'

/** What an invitation says of itself. */
export interface Shown {
  readonly organisation: { readonly name: string }
  readonly roles: readonly NamedRole[]
  readonly email: string
  readonly inviter: string | undefined
  readonly expiresAt: Date
}

interface InvitationFrameProps {
  readonly t: Translate
  readonly invitation: Shown
  readonly hasProblem?: boolean
  readonly children?: Child
}

/** The same facts above every way to go on: where, as what, on whose word, and until when. */
export const InvitationFrame = ({ t, invitation, hasProblem = false, children }: InvitationFrameProps) => {
  const { organisation, roles, inviter, expiresAt } = invitation
  return (
    <Layout t={t} title={t('invite.title', { organisation: organisation.name })} hasProblem={hasProblem}>
      <h1>{t.rich('invite.title', { organisation: <Name>{organisation.name}</Name> })}</h1>
      <section class="section">
        <Facts
          facts={[
            {
              label: t(roles.length > 1 ? 'invite.roles' : 'invite.role'),
              value: roles.length > 0 ? <Name>{roleNames(t, roles)}</Name> : t('invite.roles.none'),
            },
            {
              label: t('invite.inviter'),
              value: inviter === undefined ? t('invite.inviter.operator') : <Name>{inviter}</Name>,
            },
            { label: t('invite.until'), value: momentIn(expiresAt, t.language.tag) },
          ]}
        />
      </section>
      {children}
    </Layout>
  )
}
