import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import { readForm } from '../http/input/read.ts'
import { languageOf } from '../http/language.ts'
import { renderPage } from '../ui/render.ts'
import { LOCKED_PATH, NOT_ME_PATH, withToken } from './notice.ts'
import { DeadPage, LockedPage } from './pages/answers.tsx'
import { NotMePage } from './pages/not-me.tsx'
import type { Notices } from './service.ts'

interface NoticesRoutesDeps<By> {
  readonly notices: Pick<Notices<By>, 'look' | 'wasNotMe'>
  readonly strangerAt: (exchange: Exchange) => By
}

/** A button is all there is to it. */
const emptyForm = z.strictObject({})

export function noticesRoutes<By>({ notices, strangerAt }: NoticesRoutesDeps<By>): Hono<HttpEnv> {
  const dead = (c: Context<HttpEnv>) => c.html(renderPage(<DeadPage t={languageOf(c)} />), 410)

  return new Hono<HttpEnv>()
    .get(NOT_ME_PATH, async (c) => {
      const token = c.req.query('token') ?? ''
      const told = await notices.look(token)
      if (!told) return dead(c)
      return c.html(renderPage(<NotMePage t={languageOf(c)} action={withToken(token)} told={told} />))
    })
    .post(NOT_ME_PATH, async (c) => {
      await readForm(c, emptyForm)
      const done = await notices.wasNotMe(strangerAt(c.env.exchange), c.req.query('token') ?? '')
      return done.ok ? c.redirect(languageOf(c).carry(LOCKED_PATH), 303) : dead(c)
    })
    .get(LOCKED_PATH, (c) => c.html(renderPage(<LockedPage t={languageOf(c)} />)))
}
