import type { Translate } from '../../ui/messages/translator.ts'
import type { Sender } from './compose.ts'
import type { Block, Content } from './content.ts'

/** For whoever reads without HTML, and for every program that tells a letter from an advertisement. */
export function asText(t: Translate, { title, blocks, why }: Content, { operator, host }: Sender): string {
  const foot = ['-- ', `${operator} · ${host}`, `${why} ${t('mail.automatic')}`]
  return `${[title, ...blocks.map(paragraph), foot.join('\n')].join('\n\n')}\n`
}

function paragraph(block: Block): string {
  switch (block.kind) {
    case 'text':
    case 'aside':
      return block.text
    case 'code':
      return `    ${block.code}`
    case 'action':
      return `${block.label}:\n${block.href}`
    case 'facts':
      return block.facts.map(({ label, value }) => `${label}: ${value}`).join('\n')
    case 'entries':
      return block.entries.map(({ title, lines, notes }) => [title, ...lines, ...notes].join('\n  ')).join('\n\n')
  }
}
