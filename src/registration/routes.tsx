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
import { DeadPage, DonePage, TakenPage } from './pages/answers.tsx'
import { ClosedPage } from './pages/closed.tsx'
import { ConfirmPage, type ConfirmPageProblems } from './pages/confirm.tsx'
import { RegisterPage, type RegisterProblem } from './pages/register.tsx'
import { type Claim, CONFIRM_PATH, DONE_PATH, withToken } from './registration.ts'
import type { Registration } from './service.ts'

interface RegistrationRoutesDeps<By> {
  readonly registration: Registration<By>
  /** Nobody is proven here: who asks is a stranger at an address. */
  readonly strangerAt: (exchange: Exchange) => By
  /** How often somebody may ask, and how many letters an address gets. */
  readonly limit: (c: Context<HttpEnv>, email: string) => Promise<LimitVerdict>
  readonly waysBack: WaysBack
  /** False: there is no mail server, and no page says that a letter is on its way. */
  readonly mailIsSent: boolean
}

/** Strict: a field that is not of this form is refused, whatever it hopes to set (threat 24). */
const field = z.string().default('')
const askForm = z.strictObject({ email: field })
const confirmForm = z.strictObject({ name: field, password: field })
type Sent = z.infer<typeof confirmForm>

type Status = 200 | 403 | 410 | 422 | 429 | 503
const page = (c: Context<HttpEnv>, content: JSX.Element, status: Status = 200) => c.html(renderPage(content), status)

export function registrationRoutes<By>(deps: RegistrationRoutesDeps<By>): Hono<HttpEnv> {
  const { registration, strangerAt, limit, waysBack, mailIsSent } = deps

  const askPage = (c: Context<HttpEnv>, email?: string, problem?: RegisterProblem) => {
    const back = readWayBack(c)
    return (
      <RegisterPage
        t={languageOf(c)}
        action={keepWayBack('/register', back)}
        signIn={signInPath(back)}
        email={email}
        problem={problem}
      />
    )
  }
  const closed = (c: Context<HttpEnv>) =>
    page(c, <ClosedPage t={languageOf(c)} signIn={signInPath(readWayBack(c))} />, 403)
  const dead = (c: Context<HttpEnv>) => page(c, <DeadPage t={languageOf(c)} />, 410)

  const confirmPage = (
    c: Context<HttpEnv>,
    { token, claim: { email } }: { readonly token: string; readonly claim: Claim },
    sent?: Sent,
    problems: ConfirmPageProblems = {},
  ) => (
    <ConfirmPage
      t={languageOf(c)}
      action={withToken(token)}
      email={email}
      minimum={registration.minLength}
      name={sent?.name}
      problems={problems}
      strength={
        sent?.password
          ? strengthOf(sent.password, { minimum: registration.minLength, words: [email, sent.name] })
          : undefined
      }
    />
  )

  return new Hono<HttpEnv>()
    .get('/register', (c) => (registration.policy.mode === 'closed' ? closed(c) : page(c, askPage(c))))

    .post('/register', async (c) => {
      if (registration.policy.mode === 'closed') return closed(c)
      const { email } = await readForm(c, askForm)
      if (email.trim() === '') return page(c, askPage(c, email, { kind: 'email-missing' }), 422)
      const verdict = await limit(c, email)
      limitsOn(c, verdict)
      if (!verdict.ok) return page(c, askPage(c, email, { kind: 'too-many', seconds: verdict.retryAfterSeconds }), 429)
      const back = readWayBack(c)
      const asked = { email, back, locale: languageOf(c).language.tag }
      const outcome = await evenly(() => registration.ask(strangerAt(c.env.exchange), asked))
      switch (outcome) {
        case 'sent': {
          waysBack.leave(c, back)
          const again = keepWayBack('/register', back)
          return page(
            c,
            <LetterSentPage
              of="registration"
              t={languageOf(c)}
              email={email.trim()}
              again={again}
              mailIsSent={mailIsSent}
            />,
          )
        }
        case 'closed':
          return closed(c)
        case 'email-invalid':
          return page(c, askPage(c, email, { kind: outcome }), 422)
        case 'other-domain':
          return page(c, askPage(c, email, { kind: outcome, domains: registration.policy.domains }), 422)
      }
    })

    .get(DONE_PATH, (c) => {
      const back = waysBack.ofThisBrowser(c, readWayBack(c))
      return page(c, <DonePage t={languageOf(c)} signIn={signInPath(back)} />)
    })

    .get(CONFIRM_PATH, async (c) => {
      const token = c.req.query('token') ?? ''
      const claim = await registration.opens(token)
      return claim ? page(c, confirmPage(c, { token, claim })) : dead(c)
    })

    .post(CONFIRM_PATH, async (c) => {
      const token = c.req.query('token') ?? ''
      const sent = await readForm(c, confirmForm)
      const chosen = { name: sent.name, password: new Secret(sent.password) }
      const done = await registration.confirm(strangerAt(c.env.exchange), token, chosen).catch(asBusy)
      if ('retryAfter' in done) {
        // Nothing is used up by a server that has no time: the link is as good as before.
        const claim = await registration.opens(token)
        if (!claim) return dead(c)
        c.header('Retry-After', String(done.retryAfter))
        return page(c, confirmPage(c, { token, claim }, sent, { busy: true }), 503)
      }
      const t = languageOf(c)
      // Post, redirect, get: the link is used up, and the page after it can be reloaded.
      if (done.ok) return c.redirect(t.carry(keepWayBack(DONE_PATH, waysBack.ofThisBrowser(c, done.value.back))), 303)
      switch (done.error.kind) {
        case 'dead':
          return dead(c)
        case 'taken': {
          const { email, back } = done.error.claim
          return page(c, <TakenPage t={t} email={email} signIn={signInPath(waysBack.ofThisBrowser(c, back))} />)
        }
        case 'refused':
          return page(c, confirmPage(c, { token, claim: done.error.claim }, sent, done.error.problems), 422)
      }
    })
}
