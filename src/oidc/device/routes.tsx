import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { noteGuess } from '../../http/limits/guessed.ts'
import { renderPage } from '../../ui/render.ts'
import { giveBack } from '../confirmed.ts'
import { vouchFor } from './own-guard.ts'
import { type CodeProblem, EnterCodePage, USER_CODE } from './pages/enter-code.tsx'
import { DEVICE_PATH } from './paths.ts'
import type { IsWaitedFor } from './service.ts'
import { displayed, normalised } from './user-code.ts'

export interface DevicePagesDeps {
  readonly isWaitedFor: IsWaitedFor
}

interface DeviceRoutesDeps extends DevicePagesDeps {
  readonly engine: (c: Context<HttpEnv>) => Promise<Response>
}

/** Strict: a field that is not of this form is refused, whatever it hopes to set (threat 24). */
const form = z.strictObject({ [USER_CODE]: z.string().max(100).default('') })

/**
 * The engine's own page would take a code from the address and go on with it by itself. Here a link fills the box and nothing
 * else happens; what is posted is looked at first, and only a code that somebody waits for reaches the engine.
 */
export function deviceRoutes({ isWaitedFor, engine }: DeviceRoutesDeps): Hono<HttpEnv> {
  const page = (c: Context<HttpEnv>, filled: { readonly code?: string; readonly problem?: CodeProblem } = {}) =>
    c.html(
      renderPage(<EnterCodePage t={languageOf(c)} action={DEVICE_PATH} {...filled} />),
      filled.problem === undefined ? 200 : 422,
    )

  return new Hono<HttpEnv>()
    .get(DEVICE_PATH, (c) => {
      const code = normalised(c.req.query(USER_CODE) ?? '')
      return page(c, code === undefined ? {} : { code: displayed(code) })
    })
    .post(DEVICE_PATH, async (c) => {
      const { user_code: typed } = await readForm(c, form)
      c.env.exchange.languages.remember(c)
      if (typed.trim() === '') return page(c, { problem: 'missing' })
      const code = normalised(typed)
      if (code === undefined || !(await isWaitedFor(code))) {
        noteGuess(c.env.exchange)
        return page(c, { code: typed, problem: 'unknown' })
      }
      const body = new URLSearchParams({ xsrf: vouchFor(c.env.exchange), user_code: code, confirm: 'yes' })
      if (c.env.incoming) giveBack(c.env.incoming, Buffer.from(body.toString()))
      return engine(c)
    })
    .get(`${DEVICE_PATH}/:uid`, engine)
}
