import type { Child } from 'hono/jsx'
import { favicon, stylesheet } from './assets.ts'
import { Mark } from './mark.tsx'

interface LayoutProps {
  readonly title: string
  readonly children?: Child
}

/** Every page of the house. Styles come from one sheet: the policy forbids a style attribute as much as a script. */
export const Layout = ({ title, children }: LayoutProps) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${title} – Hearthkey`}</title>
      <link rel="icon" href={favicon.href} type={favicon.contentType} />
      <link rel="stylesheet" href={stylesheet.href} />
    </head>
    <body>
      <div class="page">
        <header class="page-head">
          <Mark />
          <span>Hearthkey</span>
        </header>
        <main class="page-main">{children}</main>
      </div>
    </body>
  </html>
)
