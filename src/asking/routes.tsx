import { type Context, Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { z } from 'zod'
import { evenly } from '../http/answer/evenly.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Notes } from '../http/input/notes.ts'
import { readForm } from '../http/input/read.ts'
import { keepWayBack, readWayBack, signInPath, type WaysBack } from '../http/input/way-back.ts'
import { languageOf } from '../http/language.ts'
import { limitsOn } from '../http/limits/limited.ts'
import type { LimitVerdict } from '../http/limits/quota.ts'
import { renderPage } from '../ui/render.ts'
import { type AddressProblem, notedAsking, notedSent, type Purpose } from './asking.ts'
import { AskPage, type AskProblem } from './pages/ask.tsx'
import { LetterSentPage } from './pages/letter-sent.tsx'

interface Asked {
  readonly email: string
  /** Of the page: the letter is in the same language. */
  readonly locale: string
  readonly back?: string | undefined
}

interface AskingRoutesDeps<By> {
  readonly of: Purpose
  readonly path: `/${string}`
  /** `sent` whether there is an account or not: the letter alone says which. */
  readonly ask: (by: By, asked: Asked) => Promise<'sent' | AddressProblem>
  /** Where nobody may ask, the page that says so. */
  readonly closed?: ((c: Context<HttpEnv>) => Response | Promise<Response>) | undefined
  /** Nobody is proven here: who asks is a stranger at an address. */
  readonly strangerAt: (exchange: Exchange) => By
  /** How often somebody may ask, and how many letters an address gets. */
  readonly limit: (c: Context<HttpEnv>, email: string) => Promise<LimitVerdict>
  readonly waysBack: WaysBack
  readonly notes: Notes
  /** False: there is no mail server, and no page says that a letter is on its way. */
  readonly mailIsSent: boolean
}

/** Strict: a field that is not of this form is refused, whatever it hopes to set (threat 24). */
const askForm = z.strictObject({ email: z.string().default('') })

const page = (c: Context<HttpEnv>, content: JSX.Element, status: 200 | 422 | 429 = 200) =>
  c.html(renderPage(content), status)

export function askingRoutes<By>(deps: AskingRoutesDeps<By>): Hono<HttpEnv> {
  const { of, path, ask, closed, strangerAt, limit, waysBack, notes, mailIsSent } = deps
  const sentPath = `${path}/sent` as const
  const here = (c: Context<HttpEnv>) => keepWayBack(path, readWayBack(c))

  const askPage = (c: Context<HttpEnv>, email?: string, problem?: AskProblem) => (
    <AskPage
      t={languageOf(c)}
      of={of}
      action={here(c)}
      signIn={signInPath(readWayBack(c))}
      email={email}
      problem={problem}
    />
  )
  const sentPage = (c: Context<HttpEnv>, email: string) =>
    page(c, <LetterSentPage t={languageOf(c)} of={of} email={email} again={here(c)} mailIsSent={mailIsSent} />)

  const refuse = (c: Context<HttpEnv>, email: string, problem: AddressProblem | { readonly kind: 'email-missing' }) =>
    notes.answer(c, notedAsking(path), {
      note: { email, problem: 'domains' in problem ? { ...problem, domains: [...problem.domains] } : problem },
      to: languageOf(c).carry(here(c)),
      inPlace: () => page(c, askPage(c, email, problem), 422),
    })

  return new Hono<HttpEnv>()
    .get(path, async (c) => {
      if (closed) return closed(c)
      const note = await notes.take(c, notedAsking(path))
      return page(c, askPage(c, note?.email, note?.problem))
    })

    .post(path, async (c) => {
      if (closed) return closed(c)
      const { email } = await readForm(c, askForm)
      if (email.trim() === '') return refuse(c, email, { kind: 'email-missing' })
      const verdict = await limit(c, email)
      limitsOn(c, verdict)
      if (!verdict.ok) return page(c, askPage(c, email, { kind: 'too-many', seconds: verdict.retryAfterSeconds }), 429)
      const back = readWayBack(c)
      const asked = { email, back, locale: languageOf(c).language.tag }
      const outcome = await evenly(() => ask(strangerAt(c.env.exchange), asked))
      if (outcome !== 'sent') return refuse(c, email, outcome)
      waysBack.leave(c, back)
      return notes.answer(c, notedSent(sentPath), {
        note: { email: email.trim() },
        to: languageOf(c).carry(keepWayBack(sentPath, back)),
        inPlace: () => sentPage(c, email.trim()),
      })
    })

    .get(sentPath, async (c) => {
      const note = await notes.read(c, notedSent(sentPath))
      return note ? sentPage(c, note.email) : c.redirect(languageOf(c).carry(here(c)), 303)
    })
}
