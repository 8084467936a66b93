import type { Child } from 'hono/jsx'
import { favicon, stylesheet } from './assets.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { Mark } from './mark.tsx'
import type { Translate } from './messages/translator.ts'

interface LayoutProps {
  readonly t: Translate
  readonly title: string
  /** Said first in the window's title, where a screen reader begins. */
  readonly hasProblem?: boolean
  /** Room for tables. */
  readonly wide?: boolean
  /** An answer that no address has: whoever followed a link to it in another language would lose it. */
  readonly once?: boolean
  readonly children?: Child
}

/** The bars of a phone's browser go on with the wall. The same as `--wall` in tokens.css. */
export const wall = { light: '#17443a', dark: '#0b110f' } as const

/** Every page of the house. Styles come from one sheet: the policy forbids a style attribute as much as a script. */
export const Layout = ({ t, title, hasProblem = false, wide = false, once = false, children }: LayoutProps) => (
  <html lang={t.language.tag} dir={t.language.dir}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="theme-color" content={wall.light} media="(prefers-color-scheme: light)" />
      <meta name="theme-color" content={wall.dark} media="(prefers-color-scheme: dark)" />
      <meta name="robots" content="noindex" />
      <meta name="format-detection" content="telephone=no" />
      <title>{`${hasProblem ? t('page.titleWithProblem', { title }) : title} – ${t('app.name')}`}</title>
      <link rel="icon" href={favicon.href} type={favicon.contentType} />
      <link rel="stylesheet" href={stylesheet.href} />
    </head>
    <body>
      <div class={wide ? 'hearth hearth-wide' : 'hearth'}>
        <header class="head">
          <Mark />
          <span class="name">{t('app.name')}</span>
        </header>
        <main class="main">{children}</main>
      </div>
      <footer class="floor">{once ? null : <LanguageSwitch t={t} />}</footer>
    </body>
  </html>
)
