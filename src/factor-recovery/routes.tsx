import { type Context, Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { z } from 'zod'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import { readForm } from '../http/input/read.ts'
import { languageOf } from '../http/language.ts'
import { renderPage } from '../ui/render.ts'
import { RECOVER_PATH, RECOVERED_PATH, STOP_PATH, STOPPED_PATH, withToken } from './factor-recovery.ts'
import { DeadPage, EarlyPage, RecoveredPage, RecoverPage, StopPage, StoppedPage, UntoldPage } from './pages/pages.tsx'
import type { FactorRecovery } from './service.ts'

interface FactorRecoveryRoutesDeps<By> {
  readonly factorRecovery: FactorRecovery<By>
  /** Nobody is proven here: who asks is a stranger at an address. */
  readonly strangerAt: (exchange: Exchange) => By
}

/** A button is all there is to it. */
const emptyForm = z.strictObject({})

const page = (c: Context<HttpEnv>, content: JSX.Element, status: 200 | 403 | 410 = 200) =>
  c.html(renderPage(content), status)
const tokenIn = (c: Context<HttpEnv>) => c.req.query('token') ?? ''

/** GET shows, POST acts: whatever reads mail opens its links. The token is the whole authority. */
export function factorRecoveryRoutes<By>(deps: FactorRecoveryRoutesDeps<By>): Hono<HttpEnv> {
  const { factorRecovery, strangerAt } = deps
  const dead = (c: Context<HttpEnv>) => page(c, <DeadPage t={languageOf(c)} />, 410)

  return new Hono<HttpEnv>()
    .get(RECOVER_PATH, async (c) => {
      const found = await factorRecovery.look(tokenIn(c))
      if (!found) return dead(c)
      const { email, opensAt, until, state } = found
      const t = languageOf(c)
      if (state === 'early') return page(c, <EarlyPage t={t} opensAt={opensAt} until={until} />, 403)
      if (state === 'untold') return page(c, <UntoldPage t={t} until={until} />, 403)
      return page(c, <RecoverPage t={t} action={withToken(RECOVER_PATH, tokenIn(c))} email={email} />)
    })
    .post(RECOVER_PATH, async (c) => {
      await readForm(c, emptyForm)
      const used = await factorRecovery.use(strangerAt(c.env.exchange), tokenIn(c))
      if (used.ok) return c.redirect(languageOf(c).carry(RECOVERED_PATH), 303)
      // The page says what it waits for.
      return used.error === 'dead' ? dead(c) : c.redirect(languageOf(c).carry(withToken(RECOVER_PATH, tokenIn(c))), 303)
    })
    .get(RECOVERED_PATH, (c) => page(c, <RecoveredPage t={languageOf(c)} />))
    .get(STOP_PATH, async (c) => {
      const found = await factorRecovery.lookToStop(tokenIn(c))
      if (!found) return dead(c)
      const { email, opensAt } = found
      const action = withToken(STOP_PATH, tokenIn(c))
      return page(c, <StopPage t={languageOf(c)} action={action} email={email} opensAt={opensAt} />)
    })
    .post(STOP_PATH, async (c) => {
      await readForm(c, emptyForm)
      const stopped = await factorRecovery.stop(strangerAt(c.env.exchange), tokenIn(c))
      return stopped.ok ? c.redirect(languageOf(c).carry(STOPPED_PATH), 303) : dead(c)
    })
    .get(STOPPED_PATH, (c) => page(c, <StoppedPage t={languageOf(c)} />))
}
