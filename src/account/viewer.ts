import type { Context } from 'hono'
import type { ActorContext } from '../audit/actor.ts'
import type { HttpEnv } from '../http/env.ts'
import { languageOf } from '../http/language.ts'
import { limited } from '../http/limits/limited.ts'
import type { Clock } from '../lib/clock.ts'
import type { User } from '../users/user.ts'
import type { AccountPath, BrowserSessions, Guard, Users, Viewer } from './ports.ts'

/** Seconds. Before somebody changes where their account can be recovered, they prove who they are once more (threat 20). */
export const FRESH_SECONDS = 300

export const isFresh = ({ authTime }: Pick<Viewer, 'authTime'>, now: Date): boolean =>
  now.getTime() - authTime.getTime() <= FRESH_SECONDS * 1000

export interface Visit {
  readonly viewer: Viewer
  readonly user: User
  readonly by: ActorContext
  /** Of the page: whoever has chosen no language gets letters in this one. */
  readonly locale: string
}

type Handle = (c: Context<HttpEnv>, visit: Visit) => Promise<Response>

interface Requirement {
  /** Where to come back to: a page, also for somebody who sent a form. */
  readonly page: AccountPath
  readonly fresh?: boolean
  /** Never refused: it ends what somebody else may hold, and whoever holds it could use up a limit first. */
  readonly ends?: true
}

interface VisitDeps {
  readonly browserSessions: BrowserSessions
  readonly users: Pick<Users, 'find'>
  readonly limits: Guard['limits']
  readonly clock: Clock
}

export type ForViewer = (need: Requirement, handle: Handle) => (c: Context<HttpEnv>) => Promise<Response>

/** Nobody gets further who is not signed in, here and now: the session is asked for at every request. */
export const forViewer =
  ({ browserSessions, users, limits, clock }: VisitDeps): ForViewer =>
  ({ page, fresh = false, ends = false }, handle) =>
  async (c) => {
    const viewer = await browserSessions.of(c)
    if (!viewer) return browserSessions.signIn(c, { returnTo: page })
    if (fresh && !isFresh(viewer, clock.now()))
      return browserSessions.signIn(c, { returnTo: page, maxAge: FRESH_SECONDS })
    const user = await users.find(viewer.user)
    if (!user) return browserSessions.signIn(c, { returnTo: page })
    const { clientIp: ip, requestId, head } = c.env.exchange
    if (head.method === 'POST' && !ends)
      limited(c, await limits.take('account', { account: user.id, session: viewer.session, ip }))
    return handle(c, {
      viewer,
      user,
      by: { actor: { kind: 'person', id: user.id }, ip, requestId },
      locale: languageOf(c).language.tag,
    })
  }
