import { type Context, Hono } from 'hono'
import { notedPause, pauseLeft } from '../../guard/lockout/pause-note.ts'
import { evenly } from '../../http/answer/evenly.ts'
import type { HttpEnv } from '../../http/env.ts'
import type { Notes } from '../../http/input/notes.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { limited } from '../../http/limits/limited.ts'
import type { Clock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { again, done, heldBack, page, pauseText, unlessBusy } from '../answers.tsx'
import { emailForm } from '../forms.ts'
import { type EmailNote, notedEmail } from '../notes.ts'
import type { AskPassword } from '../own-password.ts'
import { EmailPage } from '../pages/email.tsx'
import { paths } from '../paths.ts'
import type { Guard } from '../ports.ts'
import type { ForViewer, Visit } from '../viewer.ts'
import type { EmailRequest } from './request.ts'

interface EmailRoutesDeps {
  readonly forViewer: ForViewer
  readonly request: EmailRequest
  readonly ask: AskPassword
  readonly guard: Pick<Guard, 'limits' | 'emailKey'>
  readonly notes: Notes
  readonly clock: Clock
}

/** Where the account is recovered: nobody changes that by a session alone (threat 20). */
export function emailRoutes({ forViewer, request, ask, guard, notes, clock }: EmailRoutesDeps): Hono<HttpEnv> {
  const here = { page: paths.email, fresh: true } as const

  const show = (c: Context<HttpEnv>, { user }: Visit, note: EmailNote = { typed: '' }, whole?: string) => {
    const t = languageOf(c)
    const { typed, email, current, pause } = note
    const left = pauseLeft(pause, clock.now())
    const problems = { email, password: current, whole: left ? pauseText(t, left) : whole }
    return <EmailPage t={t} present={user.email} typed={typed} problems={problems} />
  }

  const refuse = (c: Context<HttpEnv>, visit: Visit, note: EmailNote) =>
    notes.answer(c, notedEmail(visit), {
      note,
      to: languageOf(c).carry(paths.email),
      inPlace: () => page(c, show(c, visit, note), 422),
    })

  const take = async (c: Context<HttpEnv>, visit: Visit): Promise<Response> => {
    const { email: typed, 'current-password': password } = await readForm(c, emailForm)
    const email = request.refusalOf(visit.user, typed)
    if (password === '') return refuse(c, visit, { typed, email, current: 'missing' })
    if (email) return refuse(c, visit, { typed, email })
    const asked = await unlessBusy(ask(c, visit, new Secret(password)))
    if (asked.kind === 'mismatch')
      return refuse(c, visit, { typed, current: asked.kind, pause: notedPause(asked.pause) })
    if (asked.kind !== 'match') {
      const held = heldBack(languageOf(c), asked, clock)
      return again(c, held, show(c, visit, { typed }, held.text))
    }
    // Of whatever was typed, whoever has it: nobody's mailbox is flooded from here. Counted when a letter goes out, and by
    // itself: or whoever is signed in could use up what somebody else needs to recover.
    limited(c, await guard.limits.take('mail', { email: guard.emailKey(typed), purpose: 'email-change' }))
    const requested = await evenly(() => request.request(visit, typed))
    // Too long ago, or signed out meanwhile: the page asks for a sign-in.
    return requested.ok ? done(c, 'email') : c.redirect(paths.email, 303)
  }

  return new Hono<HttpEnv>()
    .get(
      paths.email,
      forViewer(here, async (c, visit) => page(c, show(c, visit, await notes.take(c, notedEmail(visit))))),
    )
    .post(paths.email, forViewer(here, take))
}
