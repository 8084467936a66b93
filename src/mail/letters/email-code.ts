import type { Translate } from '../../ui/messages/translator.ts'
import type { Sendable } from '../message.ts'
import { aside, type Content, quietAction, text } from './content.ts'
import { lasting } from './when.ts'

type EmailCode = Extract<Sendable, { readonly name: 'email-code' }>

interface About {
  readonly operator: string
  readonly recoverUrl: string
}

/** The code is not in the subject: mail servers write that to their logs, and phones to their locked screens. */
export function emailCodeLetter(
  t: Translate,
  { purpose, code, validFor }: EmailCode,
  { operator, recoverUrl }: About,
): Omit<Content, 'why'> {
  return {
    subject: t('mail.emailCode.subject', { operator }),
    title: t('mail.emailCode.title'),
    blocks: [
      text(t(`mail.emailCode.${purpose}.lead`)),
      { kind: 'code', code: code.reveal() },
      aside(t('mail.emailCode.validFor', { time: lasting(validFor, t.language.tag) })),
      // Whoever asks for one has got as far as this: with the password, in the usual case.
      aside(t('mail.emailCode.notYou')),
      quietAction(t('mail.emailCode.recover'), recoverUrl),
    ],
  }
}
