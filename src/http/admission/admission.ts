import { AppError } from '../../errors/app-error.ts'
import type { Exchange } from '../exchange.ts'
import { isCanonicalPath } from './canonical-path.ts'
import { cameInPlainText } from './plain-text.ts'
import type { RouteGroup } from './route-group.ts'
import { changesState, isSameOrigin } from './same-origin.ts'

export type Admission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'redirected'; readonly to: string }
  | { readonly kind: 'refused'; readonly error: AppError }

export interface AdmissionPolicy {
  readonly issuerOrigin: string
  readonly bodyLimit: number
  /** Routes that authenticate each request by itself (a bearer token, client authentication) and never by a cookie. */
  readonly programmatic: RouteGroup
  /** Routes whose POST does no more than a link from anywhere would. */
  readonly fromAnywhere: RouteGroup
}

const admitted: Admission = { kind: 'admitted' }
const refused = (error: AppError): Admission => ({ kind: 'refused', error })

/** Everything that can be judged from the head of a request, before a route, a limiter or a body is touched. */
export function admit(exchange: Exchange, policy: AdmissionPolicy): Admission {
  const { method, target, hostLines } = exchange.head
  if (hostLines > 1)
    return refused(
      new AppError('bad-request', {
        detail: 'The request names more than one host.',
      }),
    )
  if (!isCanonicalPath(exchange.path))
    return refused(
      new AppError('bad-request', {
        detail: 'The path of the address is not in its canonical form.',
      }),
    )
  if (cameInPlainText(exchange, policy.issuerOrigin))
    return changesState(method)
      ? refused(
          new AppError('bad-request', {
            detail: 'This address is served over https alone.',
          }),
        )
      : { kind: 'redirected', to: `${policy.issuerOrigin}${target}` }
  if (Number(exchange.header('content-length') ?? 0) > policy.bodyLimit) return refused(bodyTooLarge(policy.bodyLimit))
  if (!changesState(method)) return admitted
  const { path } = exchange
  if (policy.programmatic(path) || policy.fromAnywhere(path)) return admitted
  if (isSameOrigin(exchange, policy.issuerOrigin)) return admitted
  return refused(new AppError('cross-site-request'))
}

export const bodyTooLarge = (limit: number): AppError =>
  new AppError('body-too-large', {
    detail: `At most ${limit} bytes are taken here.`,
  })
