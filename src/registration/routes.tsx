import { type Context, Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { z } from 'zod'
import { asBusy } from '../http/answer/busy.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import { type NotedForm, type Notes, typedText } from '../http/input/notes.ts'
import { readForm } from '../http/input/read.ts'
import { keepWayBack, readWayBack, signInPath, type WaysBack } from '../http/input/way-back.ts'
import { languageOf } from '../http/language.ts'
import { limitsOn } from '../http/limits/limited.ts'
import { Secret } from '../lib/secret.ts'
import { newPasswordNote } from '../ui/new-password-problem.ts'
import { renderPage } from '../ui/render.ts'
import { strengthIn } from '../ui/strength.ts'
import { DeadPage, DonePage, TakenPage } from './pages/answers.tsx'
import { ConfirmPage } from './pages/confirm.tsx'
import { type Claim, CONFIRM_PATH, DONE_PATH, withToken } from './registration.ts'
import type { Registration } from './service.ts'

interface RegistrationRoutesDeps<By> {
  readonly registration: Registration<By>
  /** Nobody is proven here: who asks is a stranger at an address. */
  readonly strangerAt: (exchange: Exchange) => By
  readonly waysBack: WaysBack
  readonly notes: Notes
}

/** Strict: a field that is not of this form is refused, whatever it hopes to set (threat 24). */
const field = z.string().default('')
const confirmForm = z.strictObject({ name: field, password: field })

const confirmNote = newPasswordNote.extend({ name: typedText, nameProblem: z.enum(['missing', 'invalid']).optional() })
type ConfirmNote = z.infer<typeof confirmNote>
const noted = (token: string): NotedForm<typeof confirmNote> => ({
  shape: confirmNote,
  path: CONFIRM_PATH,
  about: token,
})

type Status = 200 | 410 | 422 | 429 | 503
const page = (c: Context<HttpEnv>, content: JSX.Element, status: Status = 200) => c.html(renderPage(content), status)

export function registrationRoutes<By>(deps: RegistrationRoutesDeps<By>): Hono<HttpEnv> {
  const { registration, strangerAt, waysBack, notes } = deps
  const { minLength: minimum } = registration

  const dead = (c: Context<HttpEnv>) => page(c, <DeadPage t={languageOf(c)} />, 410)

  const confirmPage = (
    c: Context<HttpEnv>,
    { token, claim: { email } }: { readonly token: string; readonly claim: Claim },
    { name, nameProblem, problem, strength }: Partial<ConfirmNote> = {},
    hindrance: { readonly busy?: boolean; readonly waitSeconds?: number } = {},
  ) => (
    <ConfirmPage
      t={languageOf(c)}
      action={withToken(token)}
      email={email}
      minimum={minimum}
      name={name}
      problems={{ name: nameProblem, password: problem, ...hindrance }}
      strength={strength}
    />
  )

  return new Hono<HttpEnv>()
    .get(DONE_PATH, (c) => {
      const back = waysBack.ofThisBrowser(c, readWayBack(c))
      return page(c, <DonePage t={languageOf(c)} signIn={signInPath(back)} />)
    })

    .get(CONFIRM_PATH, async (c) => {
      const token = c.req.query('token') ?? ''
      const claim = await registration.opens(token)
      return claim ? page(c, confirmPage(c, { token, claim }, await notes.take(c, noted(token)))) : dead(c)
    })

    .post(CONFIRM_PATH, async (c) => {
      const token = c.req.query('token') ?? ''
      const { name, password } = await readForm(c, confirmForm)
      const chosen = { name, password: new Secret(password) }
      const strengthFor = ({ email }: Claim) => strengthIn(password, { minimum, words: [email, name] })
      const done = await registration.confirm(strangerAt(c.env.exchange), token, chosen).catch(asBusy)
      if ('retryAfter' in done) {
        // Nothing is used up by a server that has no time: the link is as good as before.
        const claim = await registration.opens(token)
        if (!claim) return dead(c)
        c.header('Retry-After', String(done.retryAfter))
        return page(c, confirmPage(c, { token, claim }, { name, strength: strengthFor(claim) }, { busy: true }), 503)
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
        case 'limited': {
          const { claim, verdict } = done.error
          limitsOn(c, verdict)
          const hindrance = { waitSeconds: verdict.retryAfterSeconds }
          return page(c, confirmPage(c, { token, claim }, { name, strength: strengthFor(claim) }, hindrance), 429)
        }
        case 'refused': {
          const { claim, problems } = done.error
          const note = { name, nameProblem: problems.name, problem: problems.password, strength: strengthFor(claim) }
          return notes.answer(c, noted(token), {
            note,
            to: t.carry(withToken(token)),
            inPlace: () => page(c, confirmPage(c, { token, claim }, note), 422),
          })
        }
      }
    })
}
