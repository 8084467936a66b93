import { type Context, Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { z } from 'zod'
import { asBusy } from '../http/answer/busy.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import type { NotedForm, Notes } from '../http/input/notes.ts'
import { readForm } from '../http/input/read.ts'
import { keepWayBack, readWayBack, signInPath, type WaysBack } from '../http/input/way-back.ts'
import { languageOf } from '../http/language.ts'
import { limitsOn } from '../http/limits/limited.ts'
import { Secret } from '../lib/secret.ts'
import { type NewPasswordNote, newPasswordNote } from '../ui/new-password-problem.ts'
import { renderPage } from '../ui/render.ts'
import { strengthIn } from '../ui/strength.ts'
import { DeadPage, DonePage } from './pages/answers.tsx'
import { NewPasswordPage } from './pages/new-password.tsx'
import { DONE_PATH, PASSWORD_PATH, withToken } from './recovery.ts'
import type { Recovering, Recovery } from './service.ts'

interface RecoveryRoutesDeps<By> {
  readonly recovery: Recovery<By>
  /** Nobody is proven here: who asks is a stranger at an address. */
  readonly strangerAt: (exchange: Exchange) => By
  /** What a browser is called, in words. */
  readonly deviceName: (userAgent: string | undefined) => string | undefined
  readonly waysBack: WaysBack
  readonly notes: Notes
}

/** Strict: a field that is not of this form is refused, whatever it hopes to set (threat 24). */
const passwordForm = z.strictObject({ password: z.string().default('') })

const noted = (token: string): NotedForm<typeof newPasswordNote> => ({
  shape: newPasswordNote,
  path: PASSWORD_PATH,
  about: token,
})

type Status = 200 | 410 | 422 | 429 | 503
const page = (c: Context<HttpEnv>, content: JSX.Element, status: Status = 200) => c.html(renderPage(content), status)

export function recoveryRoutes<By>(deps: RecoveryRoutesDeps<By>): Hono<HttpEnv> {
  const { recovery, strangerAt, deviceName, waysBack, notes } = deps

  const dead = (c: Context<HttpEnv>) => page(c, <DeadPage t={languageOf(c)} />, 410)

  const passwordPage = (
    c: Context<HttpEnv>,
    token: string,
    { email, takesFactors, minimum }: Recovering,
    { problem, strength }: NewPasswordNote = {},
    hindrance: { readonly busy?: boolean; readonly waitSeconds?: number } = {},
  ) => (
    <NewPasswordPage
      t={languageOf(c)}
      action={withToken(token)}
      email={email}
      takesFactors={takesFactors}
      minimum={minimum}
      problem={problem}
      {...hindrance}
      strength={strength}
    />
  )

  return new Hono<HttpEnv>()
    .get(DONE_PATH, (c) => {
      const back = waysBack.ofThisBrowser(c, readWayBack(c))
      return page(c, <DonePage t={languageOf(c)} signIn={signInPath(back)} />)
    })

    .get(PASSWORD_PATH, async (c) => {
      const token = c.req.query('token') ?? ''
      const found = await recovery.opens(token)
      return found ? page(c, passwordPage(c, token, found, await notes.take(c, noted(token)))) : dead(c)
    })

    .post(PASSWORD_PATH, async (c) => {
      const token = c.req.query('token') ?? ''
      const { password } = await readForm(c, passwordForm)
      const strengthFor = ({ email, minimum }: Recovering) => strengthIn(password, { minimum, words: [email] })
      const { exchange } = c.env
      const seen = { device: deviceName(exchange.header('user-agent')), place: exchange.clientIp }
      const chosen = { password: new Secret(password), ...seen }
      const done = await recovery.reset(strangerAt(exchange), token, chosen).catch(asBusy)
      if ('retryAfter' in done) {
        // Nothing is used up by a server that has no time: the link is as good as before.
        const found = await recovery.opens(token)
        if (!found) return dead(c)
        c.header('Retry-After', String(done.retryAfter))
        return page(c, passwordPage(c, token, found, { strength: strengthFor(found) }, { busy: true }), 503)
      }
      if (done.ok) {
        // Post, redirect, get: the link is used up, and the page after it can be reloaded.
        const back = waysBack.ofThisBrowser(c, done.value.back)
        return c.redirect(languageOf(c).carry(keepWayBack(DONE_PATH, back)), 303)
      }
      if (done.error.kind === 'dead') return dead(c)
      if (done.error.kind === 'limited') {
        const { of, verdict } = done.error
        limitsOn(c, verdict)
        const hindrance = { waitSeconds: verdict.retryAfterSeconds }
        return page(c, passwordPage(c, token, of, { strength: strengthFor(of) }, hindrance), 429)
      }
      const { of, problem } = done.error
      const note = { problem, strength: strengthFor(of) }
      return notes.answer(c, noted(token), {
        note,
        to: languageOf(c).carry(withToken(token)),
        inPlace: () => page(c, passwordPage(c, token, of, note), 422),
      })
    })
}
