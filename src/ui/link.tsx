import type { Child } from 'hono/jsx'

interface LinkProps {
  readonly href: string
  /** Looks like a button, and still is a link. */
  readonly asButton?: boolean | 'quiet'
  readonly id?: string
  /** What it is called where its text says too little by itself. */
  readonly label?: string
  readonly children?: Child
}

/** Only where the web goes: the address of a client was typed by a stranger, and `javascript:` is an address, too. */
const isWeb = (href: string): boolean => /^(https?:\/\/|\/(?![/\\])|#)/i.test(href)

export const Link = ({ href, asButton = false, id, label, children }: LinkProps) =>
  isWeb(href) ? (
    <a
      id={id}
      class={asButton ? `button button-${asButton === 'quiet' ? 'quiet' : 'secondary'}` : undefined}
      href={href}
      aria-label={label}
    >
      {asButton ? <span>{children}</span> : children}
    </a>
  ) : (
    <span>{children}</span>
  )
