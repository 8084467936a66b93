import { parseAccept } from 'hono/utils/accept'

const quality = (accept: string, type: string): number =>
  parseAccept(accept).find((entry) => entry.type.toLowerCase() === type)?.q ?? 0

/** Browsers name `text/html`; programs ask for JSON, for anything, or for nothing. */
export function prefersPage(accept: string | undefined): boolean {
  if (accept === undefined || !accept.toLowerCase().includes('text/html')) return false
  const page = quality(accept, 'text/html')
  return page > 0 && page >= Math.max(quality(accept, 'application/json'), quality(accept, 'application/problem+json'))
}
