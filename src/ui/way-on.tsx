import { Link } from './link.tsx'
import type { Translate } from './messages/translator.ts'

interface WayOnProps {
  readonly t: Translate
  readonly id: string
  readonly href: `/${string}`
  readonly label: string
}

/** Where a page without a form leads on to. */
export const WayOn = ({ t, id, href, label }: WayOnProps) => (
  <p>
    <Link id={id} href={t.carry(href)} asButton>
      {label}
    </Link>
  </p>
)
