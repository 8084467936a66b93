import { Hono } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import type { Clock } from '../../lib/clock.ts'
import { orgId } from '../../orgs/org.ts'
import { page } from '../answers.tsx'
import { LeavePage } from '../pages/leave.tsx'
import { doneInOrganisations, OrganisationsPage } from '../pages/organisations.tsx'
import { paths } from '../paths.ts'
import type { OwnOrganisations } from '../ports.ts'
import type { ForViewer } from '../viewer.ts'

interface OrganisationRoutesDeps {
  readonly forViewer: ForViewer
  readonly organisations: OwnOrganisations
  readonly clock: Clock
}

const leaveForm = z.strictObject({ organisation: orgId.schema })
const forgetForm = z.strictObject({ application: z.string().min(1).max(200) })
const doneThing = z.enum(doneInOrganisations).optional().catch(undefined)

export function organisationRoutes({ forViewer, organisations, clock }: OrganisationRoutesDeps): Hono<HttpEnv> {
  const here = { page: paths.organisations }

  return new Hono<HttpEnv>()
    .get(
      paths.organisations,
      forViewer(here, async (c, { user }) => {
        const [own, choices] = await Promise.all([organisations.of(user.id), organisations.choicesOf(user.id)])
        const t = languageOf(c)
        const done = doneThing.parse(c.req.query('done'))
        return page(c, <OrganisationsPage t={t} organisations={own} choices={choices} now={clock.now()} done={done} />)
      }),
    )
    .get(
      paths.leaveOrganisation,
      forViewer(here, async (c, { user }) => {
        const own = await organisations.of(user.id)
        const chosen = own.find(({ organisation }) => organisation === c.req.query('organisation'))
        // What is not one's own is not told apart from what there is not.
        if (!chosen) return c.redirect(paths.organisations, 303)
        return page(c, <LeavePage t={languageOf(c)} organisation={chosen.organisation} name={chosen.name} />)
      }),
    )
    .post(
      paths.leaveOrganisation,
      forViewer(here, async (c, { user, by }) => {
        const { organisation } = await readForm(c, leaveForm)
        const left = await organisations.leave(by, organisation, user.id)
        if (left.ok) return c.redirect(`${paths.organisations}?done=left`, 303)
        const own = await organisations.of(user.id)
        const chosen = own.find((one) => one.organisation === organisation)
        if (left.error !== 'last-keeper' || !chosen) return c.redirect(paths.organisations, 303)
        const props = { t: languageOf(c), organisation, name: chosen.name }
        return page(c, <LeavePage {...props} isLastKeeper />, 409)
      }),
    )
    .post(
      paths.forgetChoice,
      forViewer(here, async (c, { user }) => {
        const { application } = await readForm(c, forgetForm)
        await organisations.forget(user.id, application)
        return c.redirect(`${paths.organisations}?done=forgotten`, 303)
      }),
    )
}
