import { type EngineContext, type ErrorOut, errors } from 'oidc-provider'
import { AppError } from '../../errors/app-error.ts'
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
