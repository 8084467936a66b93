interface ExternalLinkProps {
  readonly id: string
  readonly href: string
}

const web = /^https?:$/

/** Undefined for what no browser should open from a page of ours: `javascript:` is an address, too. */
export const webAddress = (href: string | null | undefined): URL | undefined => {
  const url = href ? URL.parse(href) : null
  return url && web.test(url.protocol) && url.username === '' && url.password === '' ? url : undefined
}

/**
 * Out of the house: it says itself where it leads, in the spelling of the name server, so that no look-alike letter poses
 * as another; in a window of its own, so that nobody loses the question; and nobody there learns where they came from.
 */
export const ExternalLink = ({ id, href }: ExternalLinkProps) => {
  const url = webAddress(href)
  if (!url) return null
  const { host, pathname } = url
  return (
    <a id={id} class="external" href={url.href} target="_blank" rel="external noopener noreferrer nofollow" dir="ltr">
      {pathname === '/' ? host : `${host}${pathname}`}
    </a>
  )
}
