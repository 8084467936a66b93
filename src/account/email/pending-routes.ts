import { Hono } from 'hono'
import { evenly } from '../../http/answer/evenly.ts'
import type { HttpEnv } from '../../http/env.ts'
import { readForm } from '../../http/input/read.ts'
import { limited } from '../../http/limits/limited.ts'
import { done } from '../answers.tsx'
import { emptyForm } from '../forms.ts'
import { paths } from '../paths.ts'
import type { Guard } from '../ports.ts'
import type { ForViewer } from '../viewer.ts'
import type { EmailPending } from './pending.ts'

interface PendingRoutesDeps {
  readonly forViewer: ForViewer
  readonly pending: EmailPending
  readonly guard: Pick<Guard, 'limits' | 'emailKey'>
}

/** What becomes of a change of address that waits for its mailbox. The password was given when it was asked for. */
export function pendingEmailRoutes({ forViewer, pending, guard }: PendingRoutesDeps): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .post(
      paths.emailAgain,
      forViewer({ page: paths.overview, fresh: true }, async (c, visit) => {
        await readForm(c, emptyForm)
        const waiting = await pending.of(visit.viewer.user)
        if (!waiting) return c.redirect(paths.overview, 303)
        const { address } = waiting
        limited(c, await guard.limits.take('mail', { email: guard.emailKey(address), purpose: 'email-change' }))
        const sent = await evenly(() => pending.sendAgain(visit, address))
        return sent.ok ? done(c, 'email') : c.redirect(paths.overview, 303)
      }),
    )
    .post(
      paths.withdrawEmail,
      forViewer({ page: paths.overview, ends: true }, async (c, visit) => {
        await readForm(c, emptyForm)
        await pending.withdraw(visit)
        return done(c, 'withdrawn')
      }),
    )
}
