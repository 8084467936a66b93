import { type EngineContext, errors, type OIDCProviderError, Provider, type ResponseMode } from 'oidc-provider'
import { type ApiKeyGrantDeps, registerApiKeyGrant } from '../exchange/api-key-grant.ts'
import { type IntrospectionDeps, introspectingOurs, JWT_REFUSED } from '../introspection.ts'
import { noteStepUp, sayingStepUp } from '../organisations/step-up.ts'
import type { EngineSessions } from '../ports.ts'
import { currentUnit } from '../unit/units.ts'
import { type EngineSetup, engineConfiguration } from './configuration.ts'
import { type EngineClientsDeps, ownClients, recordOf } from './engine-clients.ts'
import { ownSessions } from './engine-sessions.ts'
import { comparedUris, withRequestId } from './errors.ts'
import { withoutEnginePages } from './own-pages.ts'
import { type SettleDeps, settling } from './settle.ts'

export interface ProviderDeps extends EngineClientsDeps, SettleDeps, IntrospectionDeps, ApiKeyGrantDeps {
  readonly sessions: EngineSessions
}

/** `form_post` would send the code on by a page of the engine's with a script in it; nothing that we know needs it. */
class OwnProvider extends Provider {
  override registerResponseMode(name: string, send: ResponseMode): void {
    if (name === 'form_post') return
    super.registerResponseMode(name, (ctx, to, parameters) => send(ctx, to, withRequestId(parameters)))
  }
}

/** One engine with the keys of one moment. When the keys change another takes its place. */
export function createProvider(setup: EngineSetup, deps: ProviderDeps): Provider {
  const provider = new OwnProvider(setup.config.server.issuerUrl, engineConfiguration(setup))
  // The stack in front has replaced every forwarded header by what it knows itself.
  provider.proxy = true
  ownClients(provider, deps)
  ownSessions(provider, deps.sessions)
  provider.use(settling(deps))
  provider.use(withoutEnginePages)
  provider.use(introspectingOurs(deps))
  provider.use(sayingStepUp)
  registerApiKeyGrant(provider, deps)
  reportRefusals(provider)
  return provider
}

const refusals = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
  'end_session.error',
  'end_session_confirm.error',
  'end_session_success.error',
] as const

/** An administrator finds the cause under the request id, whatever the browser was told. */
function reportRefusals(provider: Provider): void {
  for (const event of refusals) provider.on(event, reportRefusal)
  provider.on('server_error', (_ctx: EngineContext, failure: unknown) => {
    currentUnit().failure = failure
  })
}

function reportRefusal(ctx: EngineContext, error: OIDCProviderError): void {
  noteStepUp(error)
  const unit = currentUnit()
  const { route, client } = ctx.oidc
  if (route === 'introspection' && error.error === JWT_REFUSED) return
  // What a person decides is no fault of anybody.
  if (error.error === 'access_denied') {
    unit.exchange.log.info({ client: client?.clientId }, 'a person did not go on with a sign-in')
    return
  }
  const compared = comparedUris(ctx, error)
  unit.exchange.log.info(
    {
      route,
      client: client?.clientId,
      error: error.error,
      description: error.error_description,
      detail: error.error_detail,
      ...compared,
      ...(error instanceof errors.InvalidRequest && client && loggedOutTo(ctx)),
    },
    'a request to the protocol was refused',
  )
}

function loggedOutTo({ oidc }: EngineContext) {
  const received = oidc.params?.['post_logout_redirect_uri']
  if (oidc.route !== 'end_session' || typeof received !== 'string' || !oidc.client) return undefined
  return { received, registered: recordOf(oidc.client).postLogoutRedirectUris }
}
