import { Hono } from 'hono'
import type { HttpEnv } from '../../http/env.ts'
import type { Notes } from '../../http/input/notes.ts'
import type { MailboxProof } from '../mailbox-proof.ts'
import type { FactorChanged, Guard, OwnFactors, Sessions, StepUpRules, Users } from '../ports.ts'
import type { PutOff } from '../put-off.ts'
import type { ForViewer } from '../viewer.ts'
import { appRoutes } from './app-routes.tsx'
import { backupCodeRoutes } from './backup-code-routes.tsx'
import { type ChangingDeps, changing } from './changing.ts'
import { judgingCodes } from './codes.ts'
import { emailCodeRoutes } from './email-code-routes.tsx'
import { factorChanges } from './factors.ts'
import { mailboxRoutes } from './mailbox-routes.tsx'
import { manageRoutes } from './manage-routes.tsx'
import { securityOverviewRoutes } from './overview-routes.tsx'
import { passkeyRoutes } from './passkey-routes.tsx'

export interface SecurityDeps extends ChangingDeps {
  readonly users: Pick<Users, 'hold' | 'verifyEmail'>
  readonly sessions: Pick<Sessions, 'hold' | 'strengthen'>
  readonly issuerUrl: string
  readonly forViewer: ForViewer
  readonly putOff: PutOff
  readonly own: OwnFactors
  readonly stepUp: StepUpRules
  readonly factorChanged: FactorChanged
  readonly guard: Guard
  readonly notes: Notes
  readonly mailboxProof: Pick<MailboxProof, 'remember'>
  readonly mailIsSent: boolean
}

/** What somebody owns to prove who they are: seen, added, named, removed. */
export function securityRoutes(deps: SecurityDeps): Hono<HttpEnv> {
  const changes = factorChanges({ ...deps, changing: changing(deps) })
  const adding = { ...deps, changes, judge: judgingCodes(deps.guard) }
  const routes = new Hono<HttpEnv>()
  for (const part of [
    securityOverviewRoutes(deps),
    appRoutes(adding),
    passkeyRoutes(adding),
    emailCodeRoutes(adding),
    mailboxRoutes({ ...adding, mailIsSent: deps.mailIsSent }),
    backupCodeRoutes({ ...deps, changes }),
    manageRoutes({ ...deps, changes }),
  ])
    routes.route('/', part)
  return routes
}
