import type { Hono } from 'hono'
import type { ActorContext } from '../audit/actor.ts'
import type { HttpEnv } from '../http/env.ts'
import type { BrowserSessions } from '../oidc/browser-sessions.ts'
import { invitationRoutes } from '../orgs/invitations/routes.tsx'
import type { Orgs } from '../orgs/service.ts'
import type { People } from './people.ts'

interface InvitationPagesDeps {
  readonly issuerUrl: string
  readonly orgs: Pick<Orgs<ActorContext>, 'invitations'>
  readonly users: Pick<People['users'], 'find'>
  readonly browserSessions: Pick<BrowserSessions, 'of' | 'signIn'>
}

/** The pages behind an invitation: for strangers, and for whoever is signed in. */
export const invitationPages = ({ issuerUrl, orgs, users, browserSessions }: InvitationPagesDeps): Hono<HttpEnv> =>
  invitationRoutes<ActorContext>({
    invitations: orgs.invitations,
    issuerUrl,
    viewerOf: async (c) => {
      const session = await browserSessions.of(c)
      return session && users.find(session.user)
    },
    signIn: (c, returnTo, loginHint) => browserSessions.signIn(c, { returnTo, loginHint }),
    strangerAt: ({ origin }) => ({ actor: { kind: 'anonymous' }, ...origin }),
    personAt: ({ origin }, id) => ({ actor: { kind: 'person', id }, ...origin }),
  })
