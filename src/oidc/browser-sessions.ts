import type { Context } from 'hono'
import type { Provider } from 'oidc-provider'
import { z } from 'zod'
import type { Db } from '../db/types.ts'
import type { HttpEnv } from '../http/env.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { type AccountPath, accountPath } from './account-path.ts'
import { ACCOUNT_CLIENT_ID, accountRedirectUri } from './clients/built-in.ts'
import { routes as paths } from './engine/configuration.ts'
import type { Engines } from './engine/engines.ts'
import { type NodeSide, nodeSideOf } from './node-side.ts'
import type { Users } from './ports.ts'
import type { ReturnState } from './return-state.ts'
import { Unit } from './unit/unit.ts'
import { committing } from './unit/units.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')

/** Who is signed in in a browser, since when, and by which factors. */
export interface BrowserSession {
  readonly user: Id<'usr'>
  readonly session: Id<'ses'>
  readonly authTime: Date
  readonly amr: readonly string[]
  readonly acr: string
}

export interface SignInRequest {
  readonly returnTo: AccountPath
  /** Seconds: who signed in longer ago proves it again. */
  readonly maxAge?: number
  readonly acr?: string
  /** The address that stands in the form already. */
  readonly loginHint?: string
}

export interface BrowserSessions {
  /** Asked of the engine by its own cookie, and of the session's row: undefined once it has ended anywhere. */
  of(c: Context<HttpEnv>): Promise<BrowserSession | undefined>
  /** To the sign-in, and back to one of our own pages. */
  signIn(c: Context<HttpEnv>, request: SignInRequest): Promise<Response>
  /** Where this browser was going, when it is back. */
  returnTo(c: Context<HttpEnv>): Promise<AccountPath | undefined>
}

interface BrowserSessionsDeps {
  readonly issuer: string
  readonly db: Db
  readonly engines: Engines
  readonly users: Users
  readonly state: ReturnState
}

const standing = z.object({
  accountId: z.string().refine(userId.is),
  hearthkeySession: z.string().refine(sessionId.is),
  loginTs: z.number(),
  amr: z.array(z.string()),
  acr: z.string(),
})

/** The session of the protocol, for pages of our own. */
export function createBrowserSessions({ issuer, db, engines, users, state }: BrowserSessionsDeps): BrowserSessions {
  return {
    of: async (c) => {
      const node = nodeSideOf(c)
      const { provider } = await engines.current()
      // The adapter finds no session whose row has ended.
      const session = await committing(new Unit(db, c.env.exchange), () => sessionOf(provider, node))
      if (!session) return undefined
      const person = await users.find(session.user)
      if (person?.status !== 'active') return undefined
      c.env.exchange.session = session.session
      return session
    },
    signIn: async (c, { returnTo, maxAge, acr, loginHint }) => {
      if (!accountPath(returnTo)) throw new TypeError(`${returnTo} is no page of the account`)
      const url = new URL(paths.authorization, issuer)
      url.search = new URLSearchParams({
        client_id: ACCOUNT_CLIENT_ID,
        response_type: 'none',
        redirect_uri: accountRedirectUri(issuer),
        scope: 'openid',
        state: await state.issue(c, returnTo),
        // Judged here by our clock; whether the engine's has come as far does not matter.
        ...(maxAge !== undefined && { prompt: 'login', max_age: String(maxAge) }),
        ...(acr !== undefined && { acr_values: acr }),
        ...(loginHint !== undefined && { login_hint: loginHint }),
      }).toString()
      return c.redirect(url.href, 303)
    },
    returnTo: (c) => state.read(c, c.req.query('state')),
  }
}

async function sessionOf(provider: Provider, { incoming, outgoing }: NodeSide): Promise<BrowserSession | undefined> {
  const found = standing.safeParse(await provider.Session.get({ req: incoming, res: outgoing }))
  if (!found.success) return undefined
  const { accountId, hearthkeySession, loginTs, amr, acr } = found.data
  return { user: accountId, session: hearthkeySession, authTime: new Date(loginTs * 1000), amr, acr }
}
