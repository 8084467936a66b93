import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { HttpEnv } from '../http/env.ts'
import type { Translate } from '../ui/messages/translator.ts'
import { renderPage } from '../ui/render.ts'

export const answerPage = (c: Context<HttpEnv>, page: JSX.Element, status: ContentfulStatusCode = 200) =>
  c.html(renderPage(page), status)

/** The words of a page: the person's choice, the application's wish (`ui_locales`), the browser's. */
export const wordsOf = ({ env: { exchange } }: Context<HttpEnv>, uiLocales: string | undefined): Translate =>
  exchange.languages.of(exchange, uiLocales)
