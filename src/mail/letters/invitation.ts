import type { Translate } from '../../ui/messages/translator.ts'
import type { Sendable } from '../message.ts'
import { action, aside, type Content, text } from './content.ts'
import { validity } from './validity.ts'

type Invitation = Extract<Sendable, { readonly name: 'invitation' }>

const WORD_JOINER = '\u2060'

/**
 * Names that others chose go to strangers in our letters: a mail program must not make a link of one. It looks the same;
 * what would make it an address is held apart by a character that nobody sees.
 */
const unlinked = (name: string): string => name.replaceAll(/[.:/@](?=\S)/g, (mark) => `${mark}${WORD_JOINER}`)

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
      text(t('mail.invitation.about')),
      action(t('mail.invitation.action'), message.url.reveal()),
      validity(t, message.validFor),
      aside(t('mail.invitation.notYou')),
    ],
  }
}
