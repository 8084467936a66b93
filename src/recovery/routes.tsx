import { type Context, Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { z } from 'zod'
import { asBusy } from '../http/answer/busy.ts'
import { evenly } from '../http/answer/evenly.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import { readForm } from '../http/input/read.ts'
import { keepWayBack, readWayBack, signInPath, type WaysBack } from '../http/input/way-back.ts'
import { languageOf } from '../http/language.ts'
import { limitsOn } from '../http/limits/limited.ts'
import type { LimitVerdict } from '../http/limits/quota.ts'
import { Secret } from '../lib/secret.ts'
import { LetterSentPage } from '../ui/letter-sent-page.tsx'
import { renderPage } from '../ui/render.ts'
import { strengthOf } from '../ui/strength.ts'
import { DeadPage, DonePage } from './pages/answers.tsx'
import { NewPasswordPage } from './pages/new-password.tsx'
import { RecoverPage, type RecoverProblem } from './pages/recover.tsx'
import { ASK_PATH, DONE_PATH, PASSWORD_PATH, type PasswordProblem, withToken } from './recovery.ts'
import type { Recovering, Recovery } from './service.ts'

interface RecoveryRoutesDeps<By> {
  readonly recovery: Recovery<By>
  /** Nobody is proven here: who asks is a stranger at an address. */
  readonly strangerAt: (exchange: Exchange) => By
  /** How often somebody may ask, and how many letters an address gets. */
  readonly limit: (c: Context<HttpEnv>, email: string) => Promise<LimitVerdict>
  /** What a browser is called, in words. */
  readonly deviceName: (userAgent: string | undefined) => string | undefined
  readonly waysBack: WaysBack
  /** False: there is no mail server, and no page says that a letter is on its way. */
  readonly mailIsSent: boolean
}

/** Strict: a field that is not of this form is refused, whatever it hopes to set (threat 24). */
const field = z.string().default('')
const askForm = z.strictObject({ email: field })
const passwordForm = z.strictObject({ password: field })

type Status = 200 | 410 | 422 | 429 | 503
const page = (c: Context<HttpEnv>, content: JSX.Element, status: Status = 200) => c.html(renderPage(content), status)

interface Filled {
  readonly password?: string
  readonly problem?: PasswordProblem
  readonly busy?: boolean
}

export function recoveryRoutes<By>(deps: RecoveryRoutesDeps<By>): Hono<HttpEnv> {
  const { recovery, strangerAt, limit, deviceName, waysBack, mailIsSent } = deps
  const { minLength: minimum } = recovery

  const askPage = (c: Context<HttpEnv>, email?: string, problem?: RecoverProblem) => {
    const back = readWayBack(c)
    return (
      <RecoverPage
        t={languageOf(c)}
        action={keepWayBack(ASK_PATH, back)}
        signIn={signInPath(back)}
        email={email}
        problem={problem}
      />
    )
  }
  const dead = (c: Context<HttpEnv>) => page(c, <DeadPage t={languageOf(c)} />, 410)

  const passwordPage = (c: Context<HttpEnv>, token: string, { email }: Recovering, filled: Filled = {}) => {
    const { password, problem, busy = false } = filled
    const strength = password ? strengthOf(password, { minimum, words: [email] }) : undefined
    const shown = { email, minimum, problem, busy, strength }
    return <NewPasswordPage t={languageOf(c)} action={withToken(token)} {...shown} />
  }

  return new Hono<HttpEnv>()
    .get(ASK_PATH, (c) => page(c, askPage(c)))

    .post(ASK_PATH, async (c) => {
      const { email } = await readForm(c, askForm)
      if (email.trim() === '') return page(c, askPage(c, email, { kind: 'email-missing' }), 422)
      const verdict = await limit(c, email)
      limitsOn(c, verdict)
      if (!verdict.ok) return page(c, askPage(c, email, { kind: 'too-many', seconds: verdict.retryAfterSeconds }), 429)
      const back = readWayBack(c)
      const asked = { email, back, locale: languageOf(c).language.tag }
      const outcome = await evenly(() => recovery.ask(strangerAt(c.env.exchange), asked))
      if (outcome === 'email-invalid') return page(c, askPage(c, email, { kind: outcome }), 422)
      waysBack.leave(c, back)
      const again = keepWayBack(ASK_PATH, back)
      return page(
        c,
        <LetterSentPage of="recovery" t={languageOf(c)} email={email.trim()} again={again} mailIsSent={mailIsSent} />,
      )
    })

    .get(DONE_PATH, (c) => {
      const back = waysBack.ofThisBrowser(c, readWayBack(c))
      return page(c, <DonePage t={languageOf(c)} signIn={signInPath(back)} />)
    })

    .get(PASSWORD_PATH, async (c) => {
      const token = c.req.query('token') ?? ''
      const found = await recovery.opens(token)
      return found ? page(c, passwordPage(c, token, found)) : dead(c)
    })

    .post(PASSWORD_PATH, async (c) => {
      const token = c.req.query('token') ?? ''
      const { password } = await readForm(c, passwordForm)
      const { exchange } = c.env
      const seen = { device: deviceName(exchange.header('user-agent')), place: exchange.clientIp }
      const chosen = { password: new Secret(password), ...seen }
      const done = await recovery.reset(strangerAt(exchange), token, chosen).catch(asBusy)
      if ('retryAfter' in done) {
        // Nothing is used up by a server that has no time: the link is as good as before.
        const found = await recovery.opens(token)
        if (!found) return dead(c)
        c.header('Retry-After', String(done.retryAfter))
        return page(c, passwordPage(c, token, found, { password, busy: true }), 503)
      }
      if (done.ok) {
        // Post, redirect, get: the link is used up, and the page after it can be reloaded.
        const back = waysBack.ofThisBrowser(c, done.value.back)
        return c.redirect(languageOf(c).carry(keepWayBack(DONE_PATH, back)), 303)
      }
      if (done.error.kind === 'dead') return dead(c)
      const { of, problem } = done.error
      return page(c, passwordPage(c, token, of, { password, problem }), 422)
    })
}
