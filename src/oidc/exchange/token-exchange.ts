import type { EngineContext, Provider } from 'oidc-provider'
import { isOfApiKeys } from '../clients/built-in.ts'
import { TOKEN_EXCHANGE } from '../clients/client.ts'
import { type ApiKeyGrantDeps, exchangeApiKey } from './api-key-grant.ts'
import { exchangeOnBehalf, type OnBehalfDeps } from './on-behalf.ts'

export type TokenExchangeDeps = ApiKeyGrantDeps & OnBehalfDeps

const parameters = [
  ...['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'resource', 'scope'],
  ...['actor_token', 'actor_token_type'],
]

/** RFC 8693, for two who have nothing else in common: a program with a key, and a back end that was called by a person. */
export function registerTokenExchange(provider: Provider, deps: TokenExchangeDeps): void {
  const handle = (ctx: EngineContext): Promise<void> =>
    ctx.oidc.client && isOfApiKeys(ctx.oidc.client.clientId)
      ? exchangeApiKey(provider, deps, ctx)
      : exchangeOnBehalf(provider, deps, ctx)
  provider.registerGrantType(TOKEN_EXCHANGE, handle, parameters)
}
