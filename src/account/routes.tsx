import { Hono } from 'hono'
import type { Db } from '../db/types.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Notes } from '../http/input/notes.ts'
import { languageOf } from '../http/language.ts'
import type { Clock } from '../lib/clock.ts'
import { page } from './answers.tsx'
import { applicationRoutes } from './applications/routes.tsx'
import { emailConfirmation } from './email/confirm.ts'
import { emailLetters } from './email/letters.ts'
import { emailLinkRoutes } from './email/link-routes.tsx'
import { emailPending } from './email/pending.ts'
import { pendingEmailRoutes } from './email/pending-routes.ts'
import { emailRequest } from './email/request.ts'
import { emailRoutes } from './email/routes.tsx'
import { emailUndo } from './email/undo.ts'
import { mailboxProof } from './mailbox-proof.ts'
import { organisationRoutes } from './organisations/routes.tsx'
import { overviewRoutes } from './overview-routes.tsx'
import { askPassword } from './own-password.ts'
import { NotSignedInPage } from './pages/not-signed-in.tsx'
import { passwordChange } from './password/change.ts'
import { passwordRoutes } from './password/routes.tsx'
import { paths } from './paths.ts'
import type {
  BrowserSessions,
  CloseFactorRecovery,
  DropSignIns,
  FactorChanged,
  Grants,
  Guard,
  HasSecondFactor,
  Links,
  Mail,
  Notices,
  OwnApplications,
  OwnFactors,
  OwnOrganisations,
  Passwords,
  RecordEvent,
  RecordRefusal,
  ReplacePassword,
  Sessions,
  StepUpRules,
  TakeLaterConsents,
  TakeLaterFactors,
  Users,
  Verification,
} from './ports.ts'
import { puttingOff } from './put-off.ts'
import { securityRoutes } from './security/routes.ts'
import { sessionEnds } from './sessions/end.ts'
import { sessionRoutes } from './sessions/routes.tsx'
import { standing } from './step-up.ts'
import { forViewer } from './viewer.ts'

export interface AccountDeps {
  readonly db: Db
  readonly issuerUrl: string
  readonly browserSessions: BrowserSessions
  readonly users: Users
  readonly sessions: Sessions
  readonly dropSignIns: DropSignIns
  readonly stepUp: StepUpRules
  readonly own: OwnFactors
  readonly factorChanged: FactorChanged
  readonly passwords: Passwords
  readonly hasSecondFactor: HasSecondFactor
  readonly grants: Grants
  readonly replacePassword: ReplacePassword
  readonly guard: Guard
  readonly links: Links
  readonly mail: Mail
  readonly notices: Notices
  readonly takeLaterFactors: TakeLaterFactors
  readonly takeLaterConsents: TakeLaterConsents
  readonly closeFactorRecovery: CloseFactorRecovery
  readonly verification: Verification
  readonly organisations: OwnOrganisations
  readonly applications: OwnApplications
  readonly record: RecordEvent
  readonly recordRefusal: RecordRefusal
  readonly notes: Notes
  readonly clock: Clock
  /** False: there is no mail server, and no page says that a letter is on its way. */
  readonly mailIsSent: boolean
}

/** Self-service: what a person sees and changes of their own account. */
export function accountRoutes(deps: AccountDeps): Hono<HttpEnv> {
  const { browserSessions, users, guard, notes, clock } = deps
  const proof = mailboxProof(deps)
  const signedIn = forViewer({
    browserSessions,
    users,
    standing: standing(deps),
    mailboxProof: proof,
    limits: guard.limits,
    clock,
  })
  const putOff = puttingOff(deps)
  const ask = askPassword(deps)
  const letters = emailLetters(deps)
  const pending = emailPending({ ...deps, letters })
  const routes = new Hono<HttpEnv>()

  for (const part of [
    overviewRoutes({ ...deps, putOff, forViewer: signedIn, pending }),
    sessionRoutes({ ...deps, forViewer: signedIn, ends: sessionEnds(deps) }),
    passwordRoutes({
      forViewer: signedIn,
      change: passwordChange(deps),
      ask,
      guard,
      notes,
      clock,
    }),
    emailRoutes({ forViewer: signedIn, request: emailRequest({ ...deps, letters }), ask, guard, notes, clock }),
    pendingEmailRoutes({ forViewer: signedIn, pending, guard }),
    securityRoutes({ ...deps, putOff, forViewer: signedIn, mailboxProof: proof }),
    organisationRoutes({ ...deps, forViewer: signedIn }),
    applicationRoutes({ ...deps, forViewer: signedIn }),
    emailLinkRoutes({ confirmation: emailConfirmation({ ...deps, letters }), undoing: emailUndo(deps) }),
  ])
    routes.route('/', part)

  // A sign-in that was given up comes back here too, and must not begin anew by itself: not for somebody who is signed in
  // either, and was asked for more.
  routes.get(paths.signedIn, async (c) => {
    if (!(await browserSessions.of(c))) return page(c, <NotSignedInPage t={languageOf(c)} />)
    const returnTo = c.req.query('error') === 'access_denied' ? undefined : await browserSessions.returnTo(c)
    return c.redirect(returnTo ?? paths.overview, 303)
  })

  // W3C, A Well-Known URL for Changing Passwords: where password managers send their people.
  routes.get('/.well-known/change-password', (c) => c.redirect(paths.password, 302))
  return routes
}
