import { Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import type { Clock } from '../../lib/clock.ts'
import { page } from '../answers.tsx'
import { emptyForm, sessionForm } from '../forms.ts'
import { EndOthersPage } from '../pages/end-others.tsx'
import { doneWithSessions, SessionsPage } from '../pages/sessions.tsx'
import { paths } from '../paths.ts'
import type { OwnApplications, OwnFactors, Sessions } from '../ports.ts'
import type { ForViewer } from '../viewer.ts'
import type { SessionEnds } from './end.ts'

interface SessionRoutesDeps {
  readonly forViewer: ForViewer
  readonly sessions: Pick<Sessions, 'listOf'>
  readonly applications: Pick<OwnApplications, 'of'>
  readonly own: { readonly trustedBrowsers: Pick<OwnFactors['trustedBrowsers'], 'listOf'> }
  readonly ends: SessionEnds
  readonly clock: Clock
}

const doneThing = z.enum(doneWithSessions).optional().catch(undefined)

export function sessionRoutes(deps: SessionRoutesDeps): Hono<HttpEnv> {
  const { forViewer, sessions, applications, own, ends, clock } = deps
  const here = { page: paths.sessions }
  const ending = { ...here, ends: true } as const
  const done = (what: (typeof doneWithSessions)[number]) => `${paths.sessions}?done=${what}`

  return new Hono<HttpEnv>()
    .get(
      paths.sessions,
      forViewer(here, async (c, { viewer, user }) => {
        const [all, used] = await Promise.all([sessions.listOf(user.id), applications.of(user.id)])
        const said = doneThing.parse(c.req.query('done'))
        const props = { sessions: all, here: viewer.session, applications: used, now: clock.now(), done: said }
        return page(c, <SessionsPage t={languageOf(c)} {...props} />)
      }),
    )
    .post(
      paths.endSession,
      forViewer(ending, async (c, visit) => {
        const { session } = await readForm(c, sessionForm)
        await ends.end(visit, session)
        return c.redirect(done('session'), 303)
      }),
    )
    .get(
      paths.endOthers,
      forViewer(here, async (c, { user }) => {
        const trusted = await own.trustedBrowsers.listOf(user.id)
        return page(c, <EndOthersPage t={languageOf(c)} trusts={trusted.length > 0} />)
      }),
    )
    .post(
      paths.endOthers,
      forViewer(ending, async (c, visit) => {
        await readForm(c, emptyForm)
        await ends.endOthers(visit)
        return c.redirect(done('others'), 303)
      }),
    )
}
