import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import type { Sendable } from '../message.ts'
import { applicationsLost } from './applications.ts'
import { action, type Content, text } from './content.ts'

type Recovery = Extract<Sendable, { readonly name: 'factor-recovery' }>
type Reset = Extract<Sendable, { readonly name: 'factors-reset' }>

/** To the owner, who may know nothing of it: how to stop it stands before how to use it, for it cannot be used yet. */
export function factorRecoveryLetter(t: Translate, message: Recovery, operator: string): Omit<Content, 'why'> {
  const moment = (at: Date) => momentIn(at, t.language.tag)
  return {
    subject: t('mail.factorRecovery.subject', { operator }),
    title: t('mail.factorRecovery.title'),
    blocks: [
      text(t('mail.factorRecovery.lead')),
      {
        kind: 'facts',
        facts: [
          { label: t('mail.factorRecovery.opens'), value: moment(message.opensAt) },
          { label: t('mail.factorRecovery.until'), value: moment(message.until) },
        ],
      },
      text(t('mail.factorRecovery.notYou')),
      action(t('mail.factorRecovery.stop'), message.stopUrl.reveal()),
      text(t('mail.factorRecovery.what')),
      action(t('mail.factorRecovery.action'), message.url.reveal()),
    ],
  }
}

export function factorsResetLetter(
  t: Translate,
  { via, at, applications }: Reset,
  operator: string,
): Omit<Content, 'why'> {
  return {
    subject: t('mail.factorsReset.subject', { operator }),
    title: t('mail.factorsReset.title'),
    blocks: [
      text(t('mail.factorsReset.lead')),
      { kind: 'facts', facts: [{ label: t('mail.notice.at'), value: momentIn(at, t.language.tag) }] },
      text(t(`mail.factorsReset.${via}`)),
      ...applicationsLost(t, applications),
      text(t('mail.factorsReset.notYou')),
    ],
  }
}
