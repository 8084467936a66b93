import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import { roleNames } from '../../ui/role-name.ts'
import type { Sendable } from '../message.ts'
import { type Content, text } from './content.ts'
import { unlinked } from './unlinked.ts'

type Created = Extract<Sendable, { readonly name: 'program-created' }>

/** To whoever looks after the programs of the organisation: one that nobody knows of is a way in that nobody watches. */
export function programCreatedLetter(t: Translate, message: Created, operator: string): Omit<Content, 'why'> {
  const { program, roles, at } = message
  const organisation = unlinked(message.organisation)
  return {
    subject: t('mail.programCreated.subject', { operator, organisation }),
    title: t('mail.programCreated.title'),
    blocks: [
      text(t('mail.programCreated.lead')),
      {
        kind: 'facts',
        facts: [
          { label: t('mail.key.program'), value: unlinked(program) },
          { label: t('mail.keyExpiring.organisation'), value: organisation },
          ...(roles.length > 0
            ? [{ label: t('mail.programCreated.roles'), value: unlinked(roleNames(t, roles)) }]
            : []),
          { label: t('mail.notice.at'), value: momentIn(at, t.language.tag) },
        ],
      },
      text(t('mail.programCreated.unknown')),
      text(t('mail.key.keeper')),
    ],
  }
}
