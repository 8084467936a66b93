import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import type { Sendable } from '../message.ts'
import { applicationsLost } from './applications.ts'
import { action, type Block, type Content, type Fact, text } from './content.ts'
import { keyFacts } from './key.ts'
import { unlinked } from './unlinked.ts'

type Notice = Extract<Sendable, { readonly name: 'notice' }>

interface About {
  readonly operator: string
  readonly why: string
  readonly recoverUrl: string
}

/** Something happened to an account: to be told is the owner's chance to say that it was somebody else. */
export function noticeLetter(t: Translate, notice: Notice, { operator, why, recoverUrl }: About): Content {
  const { what } = notice
  return {
    subject: t(`mail.notice.${what}.subject`, { operator }),
    title: t(`mail.notice.${what}.title`),
    blocks: [
      text(t(`mail.notice.${what}.lead`)),
      { kind: 'facts', facts: factsOf(t, notice) },
      ...applicationsLost(t, notice.applications),
      ...wayOut(t, notice, recoverUrl),
    ],
    why,
  }
}

function factsOf(t: Translate, { what, at, device, place, factor, key, left }: Notice): Fact[] {
  const fact = (label: string, value: string | undefined): Fact[] => (value ? [{ label, value }] : [])
  const when = fact(t('mail.notice.at'), momentIn(at, t.language.tag))
  const kind = factor && t(`mail.notice.factor.${factor.kind}`)
  const named = factor?.name === undefined || factor.name === kind ? kind : `${kind}: ${unlinked(factor.name)}`
  const which = key ? keyFacts(t, key) : fact(t('mail.notice.factor'), named)
  const remaining = left === undefined ? [] : fact(t('mail.notice.left'), String(left))
  // Whoever showed it to us is not whoever made it: where they sit says nothing about the account.
  if (what === 'api-key-leaked') return [...which, ...when]
  return [
    ...which,
    ...remaining,
    ...when,
    ...fact(t('mail.notice.device'), device),
    ...fact(t('mail.notice.place'), place),
  ]
}

/** What is locked already needs no link that locks it; a key that leaked leaves something to do, whoever made it. */
function wayOut(t: Translate, { what, notMeUrl }: Notice, recoverUrl: string): Block[] {
  if (!notMeUrl) return [text(t('mail.notice.askAdministrator'))]
  switch (what) {
    case 'account-locked':
      return [text(t('mail.notice.account-locked.cure')), action(t('mail.notice.account-locked.action'), recoverUrl)]
    case 'api-key-leaked':
      return [
        text(t('mail.notice.api-key-leaked.unknown')),
        action(t('mail.notice.api-key-leaked.action'), notMeUrl.reveal()),
      ]
    case 'backup-code-used':
      return [
        text(t('mail.notice.backup-code-used.cure')),
        text(t('mail.notice.notYou')),
        action(t('mail.notice.action'), notMeUrl.reveal()),
      ]
    default:
      return [
        text(`${t('mail.notice.wasYou')} ${t('mail.notice.notYou')}`),
        action(t('mail.notice.action'), notMeUrl.reveal()),
      ]
  }
}
