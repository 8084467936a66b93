import { type EngineContext, errors, type OIDCProviderError, Provider, type ResponseMode } from 'oidc-provider'
import { trustingOwnForm } from '../device/own-guard.ts'
import { registerTokenExchange, type TokenExchangeDeps } from '../exchange/token-exchange.ts'
import { hintsAreIdTokens } from '../incoming/hints.ts'
import { type IntrospectionDeps, introspectingOurs, JWT_REFUSED } from '../introspection.ts'
import { noteStepUp, sayingStepUp } from '../organisations/step-up.ts'
import type { EngineSessions } from '../ports.ts'
import type { UsedJwts } from '../replay/used-jwts.ts'
import { currentUnit } from '../unit/units.ts'
import { type EngineSetup, engineConfiguration } from './configuration.ts'
import { sayingTheCure } from './cures.ts'
import { type EngineClientsDeps, ownClients, recordOf } from './engine-clients.ts'
import { onceOverAllInstances } from './engine-replay.ts'
import { ownSuccessors } from './engine-rotation.ts'
import { ownSessions } from './engine-sessions.ts'
import { comparedUris, withRequestId } from './errors.ts'
import { formPost } from './form-post.tsx'
import { sayingWhatWasGranted } from './granted.ts'
import { leaveLookingToUs, signingAnswers } from './lent-signature.ts'
import { sidsBySector } from './names-outside.ts'
import { withoutEnginePages } from './own-pages.ts'
import { type SettleDeps, settling } from './settle.ts'

export interface ProviderDeps extends EngineClientsDeps, SettleDeps, IntrospectionDeps, TokenExchangeDeps {
  readonly sessions: EngineSessions
  readonly usedJwts: UsedJwts
}

class OwnProvider extends Provider {
  // The engine registers its modes while it is being made, before a field of this class could have a value.
  declare inQuery: ResponseMode | undefined

  override registerResponseMode(name: string, send: ResponseMode): void {
    if (name === 'query') this.inQuery = send
    // What is asked for in the front channel is refused, and a refusal has no place of its own there (engine-clients.ts).
    const instead = name === 'fragment' ? this.inQuery : undefined
    const own = name === 'form_post' ? formPost : (instead ?? send)
    super.registerResponseMode(name, (ctx, to, parameters) => own(ctx, to, withRequestId(parameters)))
  }
}

/** One engine with the keys of one moment. When the keys change another takes its place. */
export function createProvider(setup: EngineSetup, deps: ProviderDeps): Provider {
  const provider = new OwnProvider(setup.config.server.issuerUrl, engineConfiguration(setup))
  // The stack in front has replaced every forwarded header by what it knows itself.
  provider.proxy = true
  ownClients(provider, deps)
  ownSessions(provider, deps.sessions)
  ownSuccessors(provider)
  trustingOwnForm(provider)
  onceOverAllInstances(provider, deps.usedJwts)
  hintsAreIdTokens(provider)
  sidsBySector(provider, setup.subjects)
  leaveLookingToUs(provider, () => Provider.ctx)
  provider.use(settling(deps))
  provider.use(withoutEnginePages)
  provider.use(introspectingOurs(deps, signingAnswers(provider)))
  provider.use(sayingStepUp)
  provider.use(sayingWhatWasGranted)
  provider.use(sayingTheCure)
  registerTokenExchange(provider, deps)
  reportRefusals(provider)
  return provider
}

const refusals = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
  'device_authorization.error',
  'code_verification.error',
  'device_resume.error',
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
