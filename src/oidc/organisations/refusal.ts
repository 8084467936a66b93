import { errors, type OIDCProviderError } from 'oidc-provider'
import type { SeatRefusal } from './seating.ts'

/** The same whether there is no such organisation or somebody is no member of it: nobody finds out which ones exist. */
const words = {
  'no-member': 'no organization of that name in which this account is active',
  'has-none': 'this account belongs to no organization, and the application asks for one',
  'address-not-allowed': 'the organization does not allow this network address',
  'sign-in-again': 'the organization asks for a newer or stronger sign-in',
} as const

type Refusal = SeatRefusal | { readonly kind: 'has-none' }

export const sayRefusal = ({ kind }: Refusal): string => words[kind]

/** RFC 9470 §3: what to ask the authorization endpoint for. */
export interface StepUp {
  readonly max_age?: number
  readonly acr_values?: string
}

/** Kept apart from the engine's error: it writes nothing but its own fields into an answer. */
const stepUps = new WeakMap<OIDCProviderError, StepUp>()
export const stepUpOf = (error: OIDCProviderError): StepUp | undefined => stepUps.get(error)

export function withStepUp(error: OIDCProviderError, stepUp: StepUp): OIDCProviderError {
  stepUps.set(error, stepUp)
  return error
}

/**
 * At the token endpoint. Never `invalid_grant`: applications throw the refresh token away at that, and this one stays good
 * for the organisation that it was issued for.
 */
export function tokenRefusal(refusal: SeatRefusal): OIDCProviderError {
  if (refusal.kind !== 'sign-in-again') return new errors.InvalidTarget(sayRefusal(refusal))
  const error = new errors.CustomOIDCProviderError('insufficient_user_authentication', sayRefusal(refusal))
  const { maxAge, acr } = refusal
  return withStepUp(error, {
    ...(maxAge !== undefined && { max_age: maxAge }),
    ...(acr !== undefined && { acr_values: acr }),
  })
}
