import { Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import type { Clock } from '../../lib/clock.ts'
import { page } from '../answers.tsx'
import { ApplicationsPage, doneWithApplications } from '../pages/applications.tsx'
import { RemoveApplicationPage } from '../pages/remove-application.tsx'
import { paths } from '../paths.ts'
import type { OwnApplications, Sessions } from '../ports.ts'
import type { ForViewer } from '../viewer.ts'

interface ApplicationRoutesDeps {
  readonly forViewer: ForViewer
  readonly applications: OwnApplications
  readonly sessions: Pick<Sessions, 'listOf'>
  readonly clock: Clock
}

const removeForm = z.strictObject({ application: z.string().min(1).max(200) })
const doneThing = z.enum(doneWithApplications).optional().catch(undefined)

export function applicationRoutes(deps: ApplicationRoutesDeps): Hono<HttpEnv> {
  const { forViewer, applications, sessions, clock } = deps
  const here = { page: paths.applications }

  return new Hono<HttpEnv>()
    .get(
      paths.applications,
      forViewer(here, async (c, { user }) => {
        const [own, devices] = await Promise.all([applications.of(user.id), sessions.listOf(user.id)])
        const done = doneThing.parse(c.req.query('done'))
        const props = { applications: own, devices, now: clock.now(), done }
        return page(c, <ApplicationsPage t={languageOf(c)} {...props} />)
      }),
    )
    .get(
      paths.removeApplication,
      forViewer(here, async (c, { user }) => {
        const asked = c.req.query('application')
        const chosen = (await applications.of(user.id)).find(({ clientId }) => clientId === asked)
        // What is not one's own is not told apart from what there is not.
        if (!chosen) return c.redirect(paths.applications, 303)
        return page(c, <RemoveApplicationPage t={languageOf(c)} application={chosen} />)
      }),
    )
    .post(
      paths.removeApplication,
      forViewer({ ...here, ends: true }, async (c, { user, by }) => {
        const { application } = await readForm(c, removeForm)
        // Twice is as good as once.
        await applications.remove(by, user.id, application)
        return c.redirect(`${paths.applications}?done=removed`, 303)
      }),
    )
}
