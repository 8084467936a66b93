import type { Translate } from '../../ui/messages/translator.ts'
import type { Sendable } from '../message.ts'
import { alertsLetter } from './alerts.ts'
import { auditHeadLetter } from './audit-head.ts'
import { action, aside, type Content, quietAction, text } from './content.ts'
import { emailCodeLetter } from './email-code.ts'
import { factorRecoveryLetter, factorsResetLetter } from './factor-recovery.ts'
import { invitationLetter } from './invitation.ts'
import { expiringLetter, newProgramKeyLetter, programKeyLeakedLetter } from './key.ts'
import { membershipLetter } from './membership.ts'
import { noticeLetter } from './notice.ts'
import { programCreatedLetter } from './program.ts'
import { validity } from './validity.ts'
import { webhookDisabledLetter } from './webhook.ts'

/** Who writes: as the operator calls it, and where it is. */
export interface Sender {
  readonly operator: string
  readonly host: string
  /** Where an account that is locked is opened again. */
  readonly recoverUrl: string
}

/** `test`: what the operator sends to see whether mail works. */
export type Composable = Sendable | { readonly name: 'test' }

/** What is said, in the language of whoever reads it. */
export function compose(t: Translate, message: Composable, { operator, host, recoverUrl }: Sender): Content {
  const toAccount = t('mail.to.account', { host })
  const toStranger = t('mail.to.stranger', { host })

  switch (message.name) {
    case 'registration':
    case 'email-change-confirm':
      return { ...linkLetter(t, message, operator), why: toStranger }
    case 'email-verification':
    case 'recovery':
      return { ...linkLetter(t, message, operator), why: toAccount }
    case 'invitation':
      return { ...invitationLetter(t, message, operator), why: toStranger }
    case 'email-code':
      return { ...emailCodeLetter(t, message, { operator, recoverUrl }), why: toAccount }
    case 'already-registered':
      return {
        subject: t('mail.already.subject', { operator }),
        title: t('mail.already.title'),
        blocks: [
          text(t('mail.already.lead')),
          action(t('mail.already.action'), message.signInUrl),
          text(t('mail.already.forgotten')),
          quietAction(t('mail.already.recover'), message.recoverUrl),
          aside(t('mail.already.notYou')),
        ],
        why: toAccount,
      }
    case 'email-change-asked':
    case 'email-change-told':
      return { ...changeLetter(t, message, operator), why: t('mail.to.owner', { host }) }
    case 'notice':
      return noticeLetter(t, message, { operator, why: toAccount, recoverUrl })
    case 'api-key-expiring':
      return { ...expiringLetter(t, message, operator), why: toAccount }
    case 'program-key-leaked':
      return { ...programKeyLeakedLetter(t, message, operator), why: toAccount }
    case 'program-key-created':
    case 'program-key-rotated':
      return { ...newProgramKeyLetter(t, message, operator), why: toAccount }
    case 'program-created':
      return { ...programCreatedLetter(t, message, operator), why: toAccount }
    case 'webhook-disabled':
      return { ...webhookDisabledLetter(t, message, operator), why: toAccount }
    case 'factor-recovery':
      return { ...factorRecoveryLetter(t, message, operator), why: toAccount }
    case 'factors-reset':
      return { ...factorsResetLetter(t, message, operator), why: toAccount }
    case 'membership-changed':
      return { ...membershipLetter(t, message, operator), why: toAccount }
    case 'alerts':
      return { ...alertsLetter(t, message, operator), why: t('mail.alerts.why', { host }) }
    case 'audit-head':
      return { ...auditHeadLetter(t, message, operator), why: t('mail.auditHead.why', { host }) }
    case 'test':
      return {
        subject: t('mail.test.subject', { operator }),
        title: t('mail.test.title'),
        blocks: [text(t('mail.test.lead', { operator }))],
        why: toStranger,
      }
  }
}

const textsOf = {
  registration: 'registration',
  'email-verification': 'verification',
  recovery: 'recovery',
  'email-change-confirm': 'changeConfirm',
} as const

type LinkMessage = Extract<Sendable, { readonly name: keyof typeof textsOf }>

/** One link, and what happens without it: nothing. */
function linkLetter(t: Translate, { name, url, validFor }: LinkMessage, operator: string): Omit<Content, 'why'> {
  const texts = textsOf[name]
  return {
    subject: t(`mail.${texts}.subject`, { operator }),
    title: t(`mail.${texts}.title`),
    blocks: [
      text(t(`mail.${texts}.lead`)),
      action(t(`mail.${texts}.action`), url.reveal()),
      validity(t, validFor),
      aside(t(`mail.${texts}.notYou`)),
    ],
  }
}

type ChangeMessage = Extract<Sendable, { readonly name: 'email-change-asked' | 'email-change-told' }>

/** To the owner, at the address that goes or has gone: the link stops the change, or takes it back. */
function changeLetter(t: Translate, message: ChangeMessage, operator: string): Omit<Content, 'why'> {
  const texts = message.name === 'email-change-asked' ? 'changeAsked' : 'changeTold'
  return {
    subject: t(`mail.${texts}.subject`, { operator }),
    title: t(`mail.${texts}.title`),
    blocks: [
      text(t(`mail.${texts}.lead`, { address: message.newAddress })),
      text(`${t(`mail.${texts}.wasYou`)} ${t(`mail.${texts}.notYou`)}`),
      action(t(`mail.${texts}.action`), message.undoUrl.reveal()),
      validity(t, message.validFor),
    ],
  }
}
