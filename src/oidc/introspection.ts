import type { MiddlewareContext } from 'oidc-provider'
import { AppError } from '../errors/app-error.ts'
import type { AccessTokens } from './access-token.ts'
import { mayIntrospect } from './access-token.ts'
import type { Client } from './clients/client.ts'
import { recordOf } from './engine/engine-clients.ts'
import type { IntrospectKey } from './exchange/key-introspection.ts'
import type { ApiKeys } from './ports.ts'
import { currentUnit } from './unit/units.ts'

export interface IntrospectionDeps {
  readonly tokens: AccessTokens
  readonly apiKeys: ApiKeys
  readonly introspectKey: IntrospectKey
}

/**
 * RFC 7662 for our access tokens and for API keys. The engine authenticates the client and then knows neither; what it
 * answers is replaced by what we know. Whoever may not ask learns what a stranger would: not active.
 */
export const introspectingOurs =
  ({ tokens, apiKeys, introspectKey }: IntrospectionDeps) =>
  async (ctx: MiddlewareContext, next: () => Promise<void>): Promise<void> => {
    await next()
    const { oidc } = ctx
    const presented = oidc?.params?.['token']
    if (oidc?.route !== 'introspection' || !oidc.client || typeof presented !== 'string') return
    const asker = recordOf(oidc.client)
    if (isOfAJwt(ctx.body)) answer(ctx, await ofJwt(tokens, asker, presented))
    else if (ctx.status === 200 && apiKeys.looksLikeKey(presented)) {
      const ip = oidc.body?.['client_ip']
      try {
        answer(ctx, await introspectKey(asker, presented, { ip: typeof ip === 'string' ? ip : undefined }))
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        currentUnit().refusal = error
      }
    }
  }

async function ofJwt(tokens: AccessTokens, asker: Client, presented: string) {
  const token = await tokens.verify(presented)
  return token && mayIntrospect(asker, token) ? { token_type: 'Bearer', ...token.claims } : undefined
}

function answer(ctx: MiddlewareContext, found: Readonly<Record<string, unknown>> | undefined): void {
  ctx.status = 200
  ctx.body = found ? { active: true, ...found } : { active: false }
}

/** Only after the client has proven who it is. */
export const JWT_REFUSED = 'unsupported_token_type'

const isOfAJwt = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'error' in body && body.error === JWT_REFUSED
