import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import type { Sendable } from '../message.ts'
import { type Content, text } from './content.ts'
import { unlinked } from './unlinked.ts'

type Disabled = Extract<Sendable, { readonly name: 'webhook-disabled' }>

/** To whoever looks after it: what nobody is told of, nobody misses. */
export function webhookDisabledLetter(t: Translate, message: Disabled, operator: string): Omit<Content, 'why'> {
  const { id, webhook, host, at } = message
  const organisation = message.organisation === undefined ? undefined : unlinked(message.organisation)
  return {
    subject:
      organisation === undefined
        ? t('mail.webhookDisabled.subject', { operator })
        : t('mail.webhookDisabled.ofOrganisation.subject', { operator, organisation }),
    title: t('mail.webhookDisabled.title'),
    blocks: [
      text(t('mail.webhookDisabled.lead')),
      {
        kind: 'facts',
        facts: [
          { label: t('mail.webhookDisabled.name'), value: unlinked(webhook) },
          { label: t('mail.webhookDisabled.host'), value: unlinked(host) },
          ...(organisation === undefined ? [] : [{ label: t('mail.keyExpiring.organisation'), value: organisation }]),
          { label: t('mail.webhookDisabled.id'), value: id },
          { label: t('mail.notice.at'), value: momentIn(at, t.language.tag) },
        ],
      },
      text(t('mail.webhookDisabled.cure')),
      text(t(organisation === undefined ? 'mail.webhookDisabled.keeperOfInstance' : 'mail.webhookDisabled.keeper')),
    ],
  }
}
