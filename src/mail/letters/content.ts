/** What stands in a letter, from top to bottom; the text and the HTML are two ways to write the same. */
export interface Content {
  readonly subject: string
  readonly title: string
  readonly blocks: readonly Block[]
  /** Why it came, in small print. */
  readonly why: string
  /** What is to be kept as it is: a letter's text is folded on its way. */
  readonly attachments?: readonly Attachment[]
}

export interface Attachment {
  readonly name: string
  readonly type: string
  readonly text: string
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  /** Said more quietly: how long a link lives, what to do if it was not you. */
  | { readonly kind: 'aside'; readonly text: string }
  /** To be typed somewhere else. */
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  /** What is too long to stand side by side: each line below the one before. */
  | { readonly kind: 'entries'; readonly entries: readonly Entry[] }
  | { readonly kind: 'action'; readonly label: string; readonly href: string; readonly weight: 'main' | 'quiet' }

export interface Fact {
  readonly label: string
  readonly value: string
}

export interface Entry {
  readonly title: string
  readonly lines: readonly string[]
  /** Said more quietly: numbers and ids. */
  readonly notes: readonly string[]
}

export const text = (words: string): Block => ({ kind: 'text', text: words })
export const aside = (words: string): Block => ({ kind: 'aside', text: words })
export const action = (label: string, href: string): Block => ({ kind: 'action', label, href, weight: 'main' })
export const quietAction = (label: string, href: string): Block => ({ kind: 'action', label, href, weight: 'quiet' })
