import { type EngineContext, type ErrorOut, errors } from 'oidc-provider'
import { AppError } from '../../errors/app-error.ts'
import { currentUnit } from '../unit/units.ts'
import { recordOf } from './engine-clients.ts'

/** For an administrator alone: what came in beside what is registered. */
export interface Compared {
  /** Whose. */
  readonly client: string
  readonly received: string
  readonly registered: readonly string[]
}

/** What a browser is told instead of the engine's own page. The engine's descriptions hold no secret and no value. */
export function toAppError({ oidc }: EngineContext, out: ErrorOut, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  if (out.error === 'server_error') return new AppError('internal-error', { cause: thrown })
  if (thrown instanceof errors.InvalidRedirectUri) return new AppError('redirect-uri-mismatch')
  if (thrown instanceof errors.SessionNotFound) return new AppError('interaction-gone')
  // Its guard is of another page than the last one, or of a session that has ended.
  if (oidc.route === 'end_session_confirm') return new AppError('sign-out-incomplete')
  if (thrown instanceof errors.InvalidClient && !oidc.client) return new AppError('client-unknown')
  const said = out.error_description
  return new AppError('authorization-request-invalid', said === undefined ? {} : { detail: `${out.error}: ${said}` })
}

export function comparedUris({ oidc }: EngineContext, thrown: unknown): Compared | undefined {
  const received = oidc.params?.['redirect_uri']
  if (!(thrown instanceof errors.InvalidRedirectUri) || !oidc.client || typeof received !== 'string') return undefined
  const { id, redirectUris } = recordOf(oidc.client)
  return { client: id, received, registered: redirectUris }
}

/**
 * A refusal that the client is told, and no page of ours: its description is all that a developer sees of it, so it says
 * under which id the log has the rest (RFC 6749 §4.1.2.1 leaves its words to us).
 */
export function withRequestId<P extends Readonly<Record<string, unknown>>>(parameters: P): P {
  if (parameters['error'] === undefined) return parameters
  const { error_description: said = 'refused' } = parameters
  return { ...parameters, error_description: `${said} (request ${currentUnit().exchange.requestId})` }
}
