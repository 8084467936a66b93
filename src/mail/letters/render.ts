import type { Words } from '../../ui/messages/words.ts'
import { type Composable, compose, type Sender } from './compose.ts'
import type { Attachment } from './content.ts'
import { asHtml } from './html.tsx'
import { asText } from './text.ts'

export interface Rendered {
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly attachments: readonly Attachment[]
}

/** Both parts of a letter, in the reader's language where this instance speaks it. */
export type RenderLetter = (message: Composable, locale: string | undefined) => Rendered

interface RenderDeps {
  readonly words: Words
  readonly operator: string
  readonly issuerUrl: string
}

export function letterRenderer({ words, operator, issuerUrl }: RenderDeps): RenderLetter {
  const sender: Sender = { operator, host: new URL(issuerUrl).host, recoverUrl: new URL('/recover', issuerUrl).href }
  return (message, locale) => {
    const t = words.speak(words.choose(locale === undefined ? [] : [locale]))
    const content = compose(t, message, sender)
    // An operator's own text may span lines; a subject is one.
    const subject = content.subject.replaceAll(/\s+/g, ' ').trim()
    return {
      subject,
      text: asText(t, content, sender),
      html: asHtml(t, content, sender),
      attachments: content.attachments ?? [],
    }
  }
}
