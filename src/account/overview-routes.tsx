import { Hono } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import { readForm } from '../http/input/read.ts'
import { languageOf } from '../http/language.ts'
import { limited } from '../http/limits/limited.ts'
import type { Clock } from '../lib/clock.ts'
import { done, page } from './answers.tsx'
import type { EmailPending } from './email/pending.ts'
import { doneThing, emptyForm } from './forms.ts'
import { OverviewPage } from './pages/overview.tsx'
import { paths } from './paths.ts'
import type { Guard, Sessions, Verification } from './ports.ts'
import type { PutOff } from './put-off.ts'
import type { ForViewer } from './viewer.ts'

interface OverviewRoutesDeps {
  readonly forViewer: ForViewer
  readonly putOff: PutOff
  readonly sessions: Pick<Sessions, 'listOf'>
  readonly pending: Pick<EmailPending, 'of'>
  readonly verification: Verification
  readonly guard: Pick<Guard, 'limits' | 'emailKey'>
  readonly clock: Clock
  readonly mailIsSent: boolean
}

export function overviewRoutes(deps: OverviewRoutesDeps): Hono<HttpEnv> {
  const { forViewer, putOff, sessions, pending, verification, guard, clock, mailIsSent } = deps
  const here = { page: paths.overview }
  const routes = new Hono<HttpEnv>()

  routes.get(
    paths.overview,
    forViewer(here, async (c, { user }) =>
      page(
        c,
        <OverviewPage
          t={languageOf(c)}
          user={user}
          pending={await pending.of(user.id)}
          signedIn={(await sessions.listOf(user.id)).length}
          now={clock.now()}
          mailIsSent={mailIsSent}
          enrolmentDue={await putOff(user.id)}
          done={doneThing.parse(c.req.query('done'))}
        />,
      ),
    ),
  )

  routes.post(
    paths.verifyEmail,
    forViewer(here, async (c, { user, by }) => {
      await readForm(c, emptyForm)
      if (user.emailVerified) return done(c, 'verification')
      // Whoever is signed in floods no mailbox, their own included.
      limited(c, await guard.limits.take('mail', { email: guard.emailKey(user.email) }))
      await verification.send(by, user)
      return done(c, 'verification')
    }),
  )

  return routes
}
