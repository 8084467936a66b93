import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import { roleNames } from '../../ui/role-name.ts'
import type { Sendable } from '../message.ts'
import { type Content, type Fact, text } from './content.ts'
import { unlinked } from './unlinked.ts'

type MembershipChanged = Extract<Sendable, { readonly name: 'membership-changed' }>

/** Somebody else has done it, and may: there is nothing to take back here, only somebody to ask. */
export function membershipLetter(t: Translate, message: MembershipChanged, operator: string): Omit<Content, 'why'> {
  const { what, roles, at } = message
  const organisation = unlinked(message.organisation)
  const now: Fact[] =
    what === 'removed'
      ? []
      : [{ label: t('mail.membership.roles'), value: unlinked(roleNames(t, roles)) || t('mail.membership.roles.none') }]
  return {
    subject: t(`mail.membership.${what}.subject`, { operator, organisation }),
    title: t(`mail.membership.${what}.title`),
    blocks: [
      text(t(`mail.membership.${what}.lead`, { organisation })),
      {
        kind: 'facts',
        facts: [
          { label: t('mail.keyExpiring.organisation'), value: organisation },
          ...now,
          { label: t('mail.notice.at'), value: momentIn(at, t.language.tag) },
        ],
      },
      text(t('mail.membership.ask')),
    ],
  }
}
