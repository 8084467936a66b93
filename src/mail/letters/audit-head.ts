import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import type { Sendable } from '../message.ts'
import { type Content, text } from './content.ts'

type Head = Extract<Sendable, { readonly name: 'audit-head' }>

/** To whoever keeps it: what is proven by it is proven by the copy that they have. */
export const auditHeadLetter = (
  t: Translate,
  { seq, hash, at, jws }: Head,
  operator: string,
): Omit<Content, 'why'> => ({
  subject: t('mail.auditHead.subject', { operator, seq: String(seq) }),
  title: t('mail.auditHead.title'),
  blocks: [
    text(t('mail.auditHead.lead')),
    {
      kind: 'facts',
      facts: [
        { label: t('mail.auditHead.seq'), value: String(seq) },
        { label: t('mail.auditHead.hash'), value: hash },
        { label: t('mail.auditHead.at'), value: momentIn(at, t.language.tag) },
      ],
    },
    text(jws),
  ],
  attachments: [{ name: `head-${seq}.jws`, type: 'application/jose', text: `${jws}\n` }],
})
