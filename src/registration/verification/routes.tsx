import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../../http/env.ts'
import type { Exchange } from '../../http/exchange.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { renderPage } from '../../ui/render.ts'
import { DeadVerificationPage, VerifiedPage, VerifyPage } from './pages/verify.tsx'
import { VERIFIED_PATH, VERIFY_PATH, type Verification, withToken } from './service.ts'

interface VerificationRoutesDeps<By> {
  readonly verification: Verification<By>
  readonly strangerAt: (exchange: Exchange) => By
}

/** A button is all there is to it. */
const emptyForm = z.strictObject({})

export function verificationRoutes<By>({ verification, strangerAt }: VerificationRoutesDeps<By>): Hono<HttpEnv> {
  const dead = (c: Context<HttpEnv>) => c.html(renderPage(<DeadVerificationPage t={languageOf(c)} />), 410)

  return new Hono<HttpEnv>()
    .get(VERIFY_PATH, async (c) => {
      const token = c.req.query('token') ?? ''
      const found = await verification.look(token)
      if (!found) return dead(c)
      return c.html(renderPage(<VerifyPage t={languageOf(c)} action={withToken(token)} email={found.email} />))
    })
    .post(VERIFY_PATH, async (c) => {
      await readForm(c, emptyForm)
      const done = await verification.verify(strangerAt(c.env.exchange), c.req.query('token') ?? '')
      return done.ok ? c.redirect(languageOf(c).carry(VERIFIED_PATH), 303) : dead(c)
    })
    .get(VERIFIED_PATH, (c) => c.html(renderPage(<VerifiedPage t={languageOf(c)} />)))
}
