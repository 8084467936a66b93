import type { Child } from 'hono/jsx'

interface LinkProps {
  readonly href: string
  /** Looks like a button, and still is a link. */
  readonly asButton?: boolean
  readonly id?: string
  readonly children?: Child
}

/** Only where the web goes: the address of a client was typed by a stranger, and `javascript:` is an address, too. */
const isWeb = (href: string): boolean => /^(https?:\/\/|\/(?![/\\])|#)/i.test(href)

export const Link = ({ href, asButton = false, id, children }: LinkProps) =>
  isWeb(href) ? (
    <a id={id} class={asButton ? 'button button-secondary' : undefined} href={href}>
      {asButton ? <span>{children}</span> : children}
    </a>
  ) : (
    <span>{children}</span>
  )
