import type { MiddlewareContext } from 'oidc-provider'
import { AppError } from '../errors/app-error.ts'
import type { AccessTokens } from './access-token.ts'
import { mayIntrospect } from './access-token.ts'
import { rename } from './apis/claim-names.ts'
import type { IntrospectRefreshToken } from './behind/refresh-introspection.ts'
import { type Client, isConfidential } from './clients/client.ts'
import { recordOf } from './engine/engine-clients.ts'
import type { IntrospectKey } from './exchange/key-introspection.ts'
import type { ApiKeys, Quota, Quotas } from './ports.ts'
import { currentUnit } from './unit/units.ts'

export interface IntrospectionDeps {
  readonly tokens: AccessTokens
  readonly apiKeys: ApiKeys
  readonly introspectKey: IntrospectKey
  readonly introspectRefresh: IntrospectRefreshToken
  readonly quotas: Quotas
}

/** Lent by the engine: an answer for the client that asks, signed by the instance's key. */
export type SignAnswer = (ctx: MiddlewareContext, answer: Answer) => Promise<string>

type Answer = Readonly<Record<string, unknown>>

/**
 * RFC 7662 for access tokens, API keys and refresh tokens. The engine authenticates the client and finds nothing by itself; what it
 * answers is replaced by what we know, and which of the three it is shows in the text. Whoever may not ask learns what a stranger
 * would: not active.
 */
export const introspectingOurs =
  (deps: IntrospectionDeps, sign: SignAnswer) =>
  async (ctx: MiddlewareContext, next: () => Promise<void>): Promise<void> => {
    await next()
    const { oidc } = ctx
    const presented = oidc?.params?.['token']
    if (oidc?.route !== 'introspection' || !oidc.client || typeof presented !== 'string') return
    if (!isOfAJwt(ctx.body) && ctx.status !== 200) return
    const asker = recordOf(oidc.client)
    try {
      const found = await lookedUp(deps, ctx, asker, presented)
      if (found === 'several') return refuseSeveral(ctx)
      const answer = found ? { active: true, ...found } : { active: false }
      ctx.status = 200
      ctx.body = answer
      if (wantsSigned(ctx) && isConfidential(asker)) {
        ctx.body = await sign(ctx, answer)
        ctx.type = SIGNED_ANSWER
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      currentUnit().refusal = error
    }
  }

async function lookedUp(
  deps: IntrospectionDeps,
  { body, oidc }: MiddlewareContext,
  asker: Client,
  presented: string,
): Promise<Answer | 'several' | undefined> {
  if (isOfAJwt(body)) return ofJwt(deps, asker, presented)
  if (!deps.apiKeys.looksLikeKey(presented)) return deps.introspectRefresh(asker, presented)
  const [ip, resource] = [textIn(oidc?.body?.['client_ip']), textIn(oidc?.body?.['resource'])]
  return deps.introspectKey(asker, presented, { ip, resource })
}

async function ofJwt({ tokens, quotas }: IntrospectionDeps, asker: Client, presented: string) {
  const token = await tokens.verify(presented)
  if (!token || !mayIntrospect(asker, token)) return undefined
  const { org_id: organisation, api_key: key, quota, userinfo_claims: _, ...claims } = token.claims
  const own: Quota = {
    ...(quota?.organisation !== undefined && { organisation: quota.organisation }),
    ...(quota?.key !== undefined && { key: quota.key }),
  }
  const verdict = organisation && (await quotas.take({ organisation, ...(key && { key }), quota: own }))
  if (verdict && !verdict.ok) throw new AppError('too-many-requests', { retryAfter: verdict.retryAfterSeconds })
  // RFC 9449 §6.2: the type is what says how it must be shown; `cnf` stands among the claims.
  const type = claims.cnf?.jkt === undefined ? 'Bearer' : 'DPoP'
  return rename(
    {
      token_type: type,
      ...claims,
      ...(organisation && { org_id: organisation }),
      ...(key && { api_key: key }),
      ...(quota && { quota }),
    },
    token.names,
  )
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function refuseSeveral(ctx: MiddlewareContext): void {
  ctx.status = 400
  ctx.body = {
    error: 'invalid_request',
    error_description: 'the API key is for several of your APIs: name the one that was called by `resource`',
  }
}

/** RFC 9701: the answer as a JWT, for whoever has to show later what it was told. */
export const SIGNED_ANSWER = 'application/token-introspection+jwt'

const wantsSigned = ({ req }: MiddlewareContext): boolean => req.headers.accept === SIGNED_ANSWER

/** Only after the client has proven who it is. */
export const JWT_REFUSED = 'unsupported_token_type'

const isOfAJwt = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'error' in body && body.error === JWT_REFUSED
