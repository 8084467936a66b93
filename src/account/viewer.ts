import type { Context } from 'hono'
import type { ActorContext } from '../audit/actor.ts'
import type { Proof } from '../factors/factor.ts'
import type { HttpEnv } from '../http/env.ts'
import { languageOf } from '../http/language.ts'
import { limited } from '../http/limits/limited.ts'
import type { Clock } from '../lib/clock.ts'
import type { User } from '../users/user.ts'
import { tooWeak } from './answers.tsx'
import type { MailboxProof } from './mailbox-proof.ts'
import type { AccountPath } from './paths.ts'
import type { BrowserSessions, Guard, Users, Viewer } from './ports.ts'
import { FRESH_SECONDS, isWithin, type Standing } from './step-up.ts'

export interface Visit {
  readonly viewer: Viewer
  readonly user: User
  readonly by: ActorContext
  /** Of the page: whoever has chosen no language gets letters in this one. */
  readonly locale: string
  /** Since when what they have proven is as strong as they can; asked for sensitive pages alone. */
  readonly steppedUpAt: Date | undefined
  /** What the session rests on; asked for sensitive pages alone. */
  readonly proofs: readonly Proof[]
  /** Whether they have shown, these minutes, that they read what is mailed to them; asked of whoever has nothing stronger. */
  readonly mailbox: 'proven' | 'due' | 'not-asked'
}

/** Asked again where something changes: a page may have been left open. */
export const isFresh = ({ steppedUpAt }: Pick<Visit, 'steppedUpAt'>, now: Date): boolean => isWithin(steppedUpAt, now)

type Handle = (c: Context<HttpEnv>, visit: Visit) => Promise<Response>

interface Requirement {
  /** Where to come back to: a page, also for somebody who sent a form. */
  readonly page: AccountPath | ((c: Context<HttpEnv>) => AccountPath)
  /** And as strong as the person can: for whatever decides who gets into the account. */
  readonly fresh?: boolean
  /** Whoever is not signed in, or not strongly enough, is told so: a script has nobody to ask, and no page to go to. */
  readonly asked?: 'by-script'
  /** Never refused: it ends what somebody else may hold, and whoever holds it could use up a limit first. */
  readonly ends?: true
}

interface VisitDeps {
  readonly browserSessions: BrowserSessions
  readonly users: Pick<Users, 'find'>
  readonly standing: (viewer: Viewer) => Promise<Standing>
  readonly mailboxProof: Pick<MailboxProof, 'isFresh'>
  readonly limits: Guard['limits']
  readonly clock: Clock
}

export type ForViewer = (need: Requirement, handle: Handle) => (c: Context<HttpEnv>) => Promise<Response>

/** On the way back from a sign-in that was asked to be stronger: whoever could not be is told, and not sent round again. */
const ASKED = 'stronger'
const asked = (to: AccountPath): AccountPath => `${to}${to.includes('?') ? '&' : '?'}${ASKED}=1`

/** Nobody gets further who is not signed in, here and now: the session is asked for at every request. */
export const forViewer =
  ({ browserSessions, users, standing, mailboxProof, limits, clock }: VisitDeps): ForViewer =>
  ({ page, fresh = false, ends = false, asked: by }, handle) =>
  async (c) => {
    const returnTo = typeof page === 'function' ? page(c) : page
    const signIn = async (request: Parameters<BrowserSessions['signIn']>[1]) =>
      by === 'by-script' ? c.body(null, 401) : browserSessions.signIn(c, request)
    const viewer = await browserSessions.of(c)
    if (!viewer) return signIn({ returnTo })
    const stands = fresh ? await standing(viewer) : undefined
    if (stands && !isWithin(stands.at, clock.now())) {
      const { level, lastAt, at } = stands
      if (level === 'aal1') return signIn({ returnTo, maxAge: FRESH_SECONDS })
      const justCameBack = c.req.query(ASKED) !== undefined && isWithin(lastAt, clock.now())
      if (justCameBack) return tooWeak(c, { level, isStale: at !== undefined }, returnTo)
      return signIn({ returnTo: asked(returnTo), maxAge: FRESH_SECONDS, acr: level })
    }
    const user = await users.find(viewer.user)
    if (!user) return signIn({ returnTo })
    const mailboxOf = async (proofs: readonly Proof[]) =>
      (await mailboxProof.isFresh(c, { viewer, user, proofs })) ? 'proven' : 'due'
    const { head, origin } = c.env.exchange
    if (head.method === 'POST' && !ends)
      limited(c, await limits.take('account', { account: user.id, session: viewer.session, ip: origin.ip }))
    return handle(c, {
      viewer,
      user,
      by: { actor: { kind: 'person', id: user.id }, ...origin },
      locale: languageOf(c).language.tag,
      steppedUpAt: stands?.at,
      proofs: stands?.proofs ?? [],
      mailbox: stands?.level === 'aal1' ? await mailboxOf(stands.proofs) : 'not-asked',
    })
  }
