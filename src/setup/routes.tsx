import { type Context, Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { z } from 'zod'
import { asBusy } from '../http/answer/busy.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import { type NotedForm, type Notes, typedText } from '../http/input/notes.ts'
import { readForm } from '../http/input/read.ts'
import { ACCOUNT_PATH } from '../http/input/way-back.ts'
import { languageOf } from '../http/language.ts'
import { Secret } from '../lib/secret.ts'
import { newPasswordNote } from '../ui/new-password-problem.ts'
import { renderPage } from '../ui/render.ts'
import { strengthIn } from '../ui/strength.ts'
import { DONE_PATH, pathWith, SETUP_PATH, type SetupToken, setupToken } from './link.ts'
import { DeadLinkPage } from './pages/dead.tsx'
import { DonePage } from './pages/done.tsx'
import { SetUpPage } from './pages/set-up.tsx'
import type { Setup } from './service.ts'

interface SetupRoutesDeps<By> {
  readonly setup: Setup<By>
  /** Nobody is proven here: who asks is a stranger at an address. */
  readonly strangerAt: (exchange: Exchange) => By
  readonly notes: Notes
}

const field = z.string().default('')
const form = z.strictObject({ name: field, email: field, password: field })

const setupNote = newPasswordNote.extend({
  name: typedText,
  email: typedText,
  nameProblem: z.enum(['missing', 'invalid']).optional(),
  emailProblem: z.enum(['missing', 'invalid', 'taken']).optional(),
})
type SetupNote = z.infer<typeof setupNote>
const noted = (token: SetupToken): NotedForm<typeof setupNote> => ({ shape: setupNote, path: SETUP_PATH, about: token })

const doneNote = z.object({ email: typedText })
const notedDone: NotedForm<typeof doneNote> = { shape: doneNote, path: DONE_PATH }

/** GET shows, POST creates. The link is used up by nothing else: mail scanners and previews open everything. */
export function setupRoutes<By>({ setup, strangerAt, notes }: SetupRoutesDeps<By>): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()

  const formPage = (c: Context<HttpEnv>, token: SetupToken, note: Partial<SetupNote> = {}, busy = false) => (
    <SetUpPage
      t={languageOf(c)}
      action={pathWith(token)}
      minimum={setup.minLength}
      name={note.name}
      email={note.email}
      problems={{ name: note.nameProblem, email: note.emailProblem, password: note.problem, busy }}
      strength={note.strength}
    />
  )
  const deadLink = (c: Context<HttpEnv>) => {
    const { log, requestId } = c.env.exchange
    log.info({ error: 'setup-link-dead' }, 'a set-up link that opens nothing')
    return page(c, <DeadLinkPage t={languageOf(c)} requestId={requestId} />, 410)
  }

  routes.get(SETUP_PATH, async (c) => {
    const token = tokenOf(c)
    if (!token || !(await setup.opens(token))) return deadLink(c)
    return page(c, formPage(c, token, await notes.take(c, noted(token))))
  })

  routes.post(SETUP_PATH, async (c) => {
    const token = tokenOf(c)
    if (!token) return deadLink(c)
    const { password, ...typed } = await readForm(c, form)
    const words = [typed.name, typed.email]
    const note = { ...typed, strength: strengthIn(password, { minimum: setup.minLength, words }) }
    const person = { ...typed, password: new Secret(password) }
    const done = await setup.complete(strangerAt(c.env.exchange), token, person).catch(asBusy)
    if ('retryAfter' in done) {
      c.header('Retry-After', String(done.retryAfter))
      return page(c, formPage(c, token, note, true), 503)
    }
    if (done.ok) {
      const { email } = done.value
      const inPlace = () => page(c, <DonePage t={languageOf(c)} email={email} />)
      return notes.answer(c, notedDone, { note: { email }, to: languageOf(c).carry(DONE_PATH), inPlace })
    }
    if (done.error.kind === 'dead') return deadLink(c)
    const { name: nameProblem, email: emailProblem, password: problem } = done.error.problems
    const refused = { ...note, nameProblem, emailProblem, problem }
    return notes.answer(c, noted(token), {
      note: refused,
      to: languageOf(c).carry(pathWith(token)),
      inPlace: () => page(c, formPage(c, token, refused), 422),
    })
  })

  routes.get(DONE_PATH, async (c) => {
    const note = await notes.read(c, notedDone)
    // Whoever comes later is signed in, or is asked to.
    return note ? page(c, <DonePage t={languageOf(c)} email={note.email} />) : c.redirect(ACCOUNT_PATH, 303)
  })

  return routes
}

const tokenOf = (c: Context<HttpEnv>): SetupToken | undefined => setupToken.safeParse(c.req.query('token')).data

const page = (c: Context<HttpEnv>, content: JSX.Element, status: 200 | 410 | 422 | 503 = 200) =>
  c.html(renderPage(content), status)
