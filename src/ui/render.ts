import type { JSX } from 'hono/jsx/jsx-runtime'

/** A page to text, for where no request context renders it. Our components wait for nothing, so nor does this. */
export function renderPage(page: JSX.Element): string {
  if (page instanceof Promise) throw new TypeError('a page must not wait: load what it shows before rendering it')
  return `<!doctype html>${page}`
}
