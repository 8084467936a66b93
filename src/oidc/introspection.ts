import type { MiddlewareContext } from 'oidc-provider'
import { AppError } from '../errors/app-error.ts'
import type { AccessTokens } from './access-token.ts'
import { mayIntrospect } from './access-token.ts'
import type { Client } from './clients/client.ts'
import { recordOf } from './engine/engine-clients.ts'
import type { IntrospectKey } from './exchange/key-introspection.ts'
import type { ApiKeys, Quota, Quotas } from './ports.ts'
import { currentUnit } from './unit/units.ts'

export interface IntrospectionDeps {
  readonly tokens: AccessTokens
  readonly apiKeys: ApiKeys
  readonly introspectKey: IntrospectKey
  readonly quotas: Quotas
}

/**
 * RFC 7662 for our access tokens and for API keys. The engine authenticates the client and then knows neither; what it
 * answers is replaced by what we know. Whoever may not ask learns what a stranger would: not active.
 */
export const introspectingOurs =
  (deps: IntrospectionDeps) =>
  async (ctx: MiddlewareContext, next: () => Promise<void>): Promise<void> => {
    await next()
    const { oidc } = ctx
    const presented = oidc?.params?.['token']
    if (oidc?.route !== 'introspection' || !oidc.client || typeof presented !== 'string') return
    const asker = recordOf(oidc.client)
    try {
      if (isOfAJwt(ctx.body)) answer(ctx, await ofJwt(deps, asker, presented))
      else if (ctx.status === 200 && deps.apiKeys.looksLikeKey(presented)) {
        const [ip, resource] = [textIn(oidc.body?.['client_ip']), textIn(oidc.body?.['resource'])]
        const found = await deps.introspectKey(asker, presented, { ip, resource })
        if (found === 'several') refuseSeveral(ctx)
        else answer(ctx, found)
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      currentUnit().refusal = error
    }
  }

async function ofJwt({ tokens, quotas }: IntrospectionDeps, asker: Client, presented: string) {
  const token = await tokens.verify(presented)
  if (!token || !mayIntrospect(asker, token)) return undefined
  const { org_id: organisation, api_key: key, quota } = token.claims
  const own: Quota = {
    ...(quota?.organisation !== undefined && { organisation: quota.organisation }),
    ...(quota?.key !== undefined && { key: quota.key }),
  }
  const verdict = organisation && (await quotas.take({ organisation, ...(key && { key }), quota: own }))
  if (verdict && !verdict.ok) throw new AppError('too-many-requests', { retryAfter: verdict.retryAfterSeconds })
  return { token_type: 'Bearer', ...token.claims }
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function refuseSeveral(ctx: MiddlewareContext): void {
  ctx.status = 400
  ctx.body = {
    error: 'invalid_request',
    error_description: 'the API key is for several of your APIs: name the one that was called by `resource`',
  }
}

function answer(ctx: MiddlewareContext, found: Readonly<Record<string, unknown>> | undefined): void {
  ctx.status = 200
  ctx.body = found ? { active: true, ...found } : { active: false }
}

/** Only after the client has proven who it is. */
export const JWT_REFUSED = 'unsupported_token_type'

const isOfAJwt = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'error' in body && body.error === JWT_REFUSED
