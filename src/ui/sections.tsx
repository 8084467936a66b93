import type { Translate } from './messages/translator.ts'

export interface SectionLink {
  readonly id: string
  readonly href: `/${string}`
  readonly text: string
  readonly current?: boolean
}

interface SectionsProps {
  readonly t: Translate
  readonly label: string
  readonly links: readonly SectionLink[]
}

/** The pages that belong together. Links, each a place of its own: the back button goes where it should. */
export const Sections = ({ t, label, links }: SectionsProps) => (
  <nav aria-label={label}>
    <ul class="sections">
      {links.map(({ id, href, text, current = false }) => (
        <li key={id}>
          <a id={id} href={t.carry(href)} aria-current={current ? 'page' : undefined}>
            {text}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)
