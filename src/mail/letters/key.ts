import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import type { Sendable } from '../message.ts'
import { type Content, type Fact, text } from './content.ts'
import { unlinked } from './unlinked.ts'

type Expiring = Extract<Sendable, { readonly name: 'api-key-expiring' }>
type New = Extract<Sendable, { readonly name: 'program-key-created' | 'program-key-rotated' }>
type Leaked = Extract<Sendable, { readonly name: 'program-key-leaked' }>

interface KeyOf {
  readonly key: string
  readonly hint?: string | undefined
  readonly program?: string | undefined
  readonly organisation: string
}

/** Which one: somebody has several, and looks for it by its name or by its end. */
export const keyFacts = (t: Translate, { key, hint, program, organisation }: KeyOf): Fact[] => [
  { label: t('mail.keyExpiring.key'), value: hint === undefined ? unlinked(key) : `${unlinked(key)} (…${hint})` },
  ...(program === undefined ? [] : [{ label: t('mail.key.program'), value: unlinked(program) }]),
  { label: t('mail.keyExpiring.organisation'), value: unlinked(organisation) },
]

const facts = (...said: Fact[]) => ({ kind: 'facts', facts: said }) as const

/** To its owner; where that is a program, to whoever looks after it. */
export function expiringLetter(t: Translate, message: Expiring, operator: string): Omit<Content, 'why'> {
  const organisation = unlinked(message.organisation)
  const isOfProgram = message.program !== undefined
  return {
    subject: isOfProgram
      ? t('mail.keyExpiring.ofProgram.subject', { operator, organisation })
      : t('mail.keyExpiring.subject', { operator }),
    title: t('mail.keyExpiring.title'),
    blocks: [
      text(t('mail.keyExpiring.lead')),
      facts(...keyFacts(t, message), {
        label: t('mail.keyExpiring.end'),
        value: momentIn(message.expiresAt, t.language.tag),
      }),
      text(t('mail.keyExpiring.cure')),
      ...(isOfProgram ? [text(t('mail.key.keeper'))] : []),
    ],
  }
}

export function programKeyLeakedLetter(t: Translate, message: Leaked, operator: string): Omit<Content, 'why'> {
  return {
    subject: t('mail.programKeyLeaked.subject', { operator, organisation: unlinked(message.organisation) }),
    title: t('mail.programKeyLeaked.title'),
    blocks: [
      text(t('mail.notice.api-key-leaked.lead')),
      facts(...keyFacts(t, message), { label: t('mail.notice.at'), value: momentIn(message.at, t.language.tag) }),
      text(t('mail.key.keeper')),
    ],
  }
}

export function newProgramKeyLetter(t: Translate, message: New, operator: string): Omit<Content, 'why'> {
  const texts = message.name === 'program-key-created' ? 'programKeyCreated' : 'programKeyRotated'
  return {
    subject: t(`mail.${texts}.subject`, { operator, organisation: unlinked(message.organisation) }),
    title: t(`mail.${texts}.title`),
    blocks: [
      text(t(`mail.${texts}.lead`)),
      facts(...keyFacts(t, message), { label: t('mail.notice.at'), value: momentIn(message.at, t.language.tag) }),
      text(t('mail.programCreated.unknown')),
      text(t('mail.key.keeper')),
    ],
  }
}
