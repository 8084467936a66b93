import type { MiddlewareContext } from 'oidc-provider'
import type { AccessTokens } from './access-token.ts'
import { mayIntrospect } from './access-token.ts'
import { recordOf } from './engine/engine-clients.ts'

/**
 * RFC 7662 for our access tokens. The engine authenticates the client and then will have nothing to do with a JWT; what it
 * answers for one is replaced by what we know. Whoever may not ask learns what a stranger would: not active.
 */
export const introspectingJwts =
  (tokens: AccessTokens) =>
  async (ctx: MiddlewareContext, next: () => Promise<void>): Promise<void> => {
    await next()
    const { oidc } = ctx
    if (oidc?.route !== 'introspection' || !oidc.client || !isOfAJwt(ctx.body)) return
    const token = await tokens.verify(String(oidc.params?.['token']))
    const mayAsk = token !== undefined && mayIntrospect(recordOf(oidc.client), token)
    ctx.status = 200
    ctx.body = mayAsk ? { active: true, token_type: 'Bearer', ...token.claims } : { active: false }
  }

/** Only after the client has proven who it is. */
export const JWT_REFUSED = 'unsupported_token_type'

const isOfAJwt = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'error' in body && body.error === JWT_REFUSED
