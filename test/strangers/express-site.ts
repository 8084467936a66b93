import express from 'express'
import { auth, requiresAuth, type SessionStore, type SessionStorePayload } from 'express-openid-connect'
import { onTestFinished } from 'vitest'
import { freePort } from '../support/free-port.ts'

type Ended = Pick<SessionStorePayload, 'cookie'>
type LogoutStore = SessionStore<Ended>

interface Registered {
  readonly clientId: string
  readonly clientSecret?: string | undefined
}

export interface ExpressSite {
  readonly origin: string
  /** The client's addresses are known before there is a client. */
  serve(issuer: string, registered: Registered): Promise<void>
}

/** An application as the library's documentation writes one. */
export async function expressSite(): Promise<ExpressSite> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  return {
    origin,
    serve: async (issuer, { clientId, clientSecret = '' }) => {
      const app = express()
      app.use(
        auth({
          issuerBaseURL: issuer,
          baseURL: origin,
          clientID: clientId,
          clientSecret,
          secret: 'a secret of the site itself, long enough',
          authRequired: false,
          idpLogout: true,
          authorizationParams: { response_type: 'code', scope: 'openid profile email' },
          backchannelLogout: { store: logoutStore() },
        }),
      )
      app.get('/profile', requiresAuth(), async ({ oidc }, response) =>
        response.json({ claims: oidc.idTokenClaims, told: await oidc.fetchUserInfo() }),
      )
      app.get('/token', requiresAuth(), ({ oidc }, response) => response.json(oidc.accessToken))
      app.get('/refresh', requiresAuth(), async ({ oidc }, response) =>
        response.json(await oidc.accessToken?.refresh()),
      )
      await new Promise<void>((resolve, reject) => {
        const server = app.listen(port, '127.0.0.1', (error) => (error ? reject(error) : resolve()))
        onTestFinished(() => {
          server.closeAllConnections()
          server.close()
        })
      })
    },
  }
}

/** Which sessions ended elsewhere. */
function logoutStore(): LogoutStore {
  const kept = new Map<string, SessionStorePayload<Ended>>()
  return {
    get: (id, done) => done(null, kept.get(id)),
    set: (id, session, done) => {
      kept.set(id, session)
      done?.()
    },
    destroy: (id, done) => {
      kept.delete(id)
      done?.()
    },
  }
}
