import type { Translate } from '../../ui/messages/translator.ts'
import { roleNames } from '../../ui/role-name.ts'
import type { Sendable } from '../message.ts'
import { action, aside, type Content, text } from './content.ts'
import { unlinked } from './unlinked.ts'
import { validity } from './validity.ts'

type Invitation = Extract<Sendable, { readonly name: 'invitation' }>

export function invitationLetter(t: Translate, message: Invitation, operator: string): Omit<Content, 'why'> {
  const organisation = unlinked(message.organisation)
  return {
    subject: t('mail.invitation.subject', { operator, organisation }),
    title: t('mail.invitation.title'),
    blocks: [
      text(
        message.inviter === undefined
          ? t('mail.invitation.leadOfOperator', { operator, organisation })
          : t('mail.invitation.lead', { inviter: unlinked(message.inviter), organisation }),
      ),
      ...(message.roles && message.roles.length > 0
        ? [
            {
              kind: 'facts' as const,
              facts: [
                {
                  label: t(message.roles.length > 1 ? 'invite.roles' : 'invite.role'),
                  value: unlinked(roleNames(t, message.roles)),
                },
              ],
            },
          ]
        : []),
      text(t('mail.invitation.about')),
      action(t('mail.invitation.action'), message.url.reveal()),
      validity(t, message.validFor),
      aside(t('mail.invitation.notYou')),
    ],
  }
}
