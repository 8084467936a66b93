import type { MiddlewareContext, OIDCProviderError } from 'oidc-provider'
import { currentUnit, findUnit } from '../unit/units.ts'
import { stepUpOf } from './refusal.ts'

/** Heard when the engine has refused a token: its own answer holds nothing but the error and its description. */
export function noteStepUp(error: OIDCProviderError): void {
  currentUnit().stepUp = stepUpOf(error)
}

/** RFC 9470 §3: which sign-in to ask for, beside the error. */
export async function sayingStepUp(ctx: MiddlewareContext, next: () => Promise<void>): Promise<void> {
  await next()
  const stepUp = findUnit()?.stepUp
  if (stepUp && typeof ctx.body === 'object') ctx.body = { ...ctx.body, ...stepUp }
}
