import { type Context, Hono } from 'hono'
import { evenly } from '../../http/answer/evenly.ts'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { limited } from '../../http/limits/limited.ts'
import type { Clock } from '../../lib/clock.ts'
import { Secret } from '../../lib/secret.ts'
import { again, done, heldBack, page, unlessBusy } from '../answers.tsx'
import { emailForm } from '../forms.ts'
import type { AskPassword } from '../own-password.ts'
import { EmailPage, type EmailPageProblems } from '../pages/email.tsx'
import { paths } from '../paths.ts'
import type { Guard } from '../ports.ts'
import type { ForViewer, Visit } from '../viewer.ts'
import type { EmailRequest } from './request.ts'

interface EmailRoutesDeps {
  readonly forViewer: ForViewer
  readonly request: EmailRequest
  readonly ask: AskPassword
  readonly guard: Pick<Guard, 'limits' | 'emailKey'>
  readonly clock: Clock
}

/** Where the account is recovered: nobody changes that by a session alone (threat 20). */
export function emailRoutes({ forViewer, request, ask, guard, clock }: EmailRoutesDeps): Hono<HttpEnv> {
  const here = { page: paths.email, fresh: true } as const

  const show = (c: Context<HttpEnv>, { user }: Visit, typed = '', problems: EmailPageProblems = {}) => (
    <EmailPage t={languageOf(c)} present={user.email} typed={typed} problems={problems} />
  )

  const take = async (c: Context<HttpEnv>, visit: Visit): Promise<Response> => {
    const { email, 'current-password': password } = await readForm(c, emailForm)
    const refused = request.refusalOf(visit.user, email)
    if (refused || password === '') {
      const problems = { email: refused, ...(password === '' && { password: 'missing' as const }) }
      return page(c, show(c, visit, email, problems), 422)
    }
    const asked = await unlessBusy(ask(c, visit, new Secret(password)))
    if (asked.kind === 'mismatch') return page(c, show(c, visit, email, { password: 'mismatch' }), 422)
    if (asked.kind !== 'match') {
      const held = heldBack(languageOf(c), asked, clock)
      return again(c, held, show(c, visit, email, { whole: held.text }))
    }
    // Of whatever was typed, whoever has it: nobody's mailbox is flooded from here. Counted when a letter goes out, and by
    // itself: or whoever is signed in could use up what somebody else needs to recover.
    limited(c, await guard.limits.take('mail', { email: guard.emailKey(email), purpose: 'email-change' }))
    const requested = await evenly(() => request.request(visit, email))
    // Too long ago, or signed out meanwhile: the page asks for a sign-in.
    return requested.ok ? done(c, 'email') : c.redirect(paths.email, 303)
  }

  return new Hono<HttpEnv>()
    .get(
      paths.email,
      forViewer(here, async (c, visit) => page(c, show(c, visit))),
    )
    .post(paths.email, forViewer(here, take))
}
