import type { Context } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import { readWayBack, signInPath } from '../http/input/way-back.ts'
import { languageOf } from '../http/language.ts'
import { renderPage } from '../ui/render.ts'
import { ClosedPage } from './pages/closed.tsx'

/** In the place of the form, where nobody makes an account for themselves. */
export const answerClosed = (c: Context<HttpEnv>) =>
  c.html(renderPage(<ClosedPage t={languageOf(c)} signIn={signInPath(readWayBack(c))} />), 403)
