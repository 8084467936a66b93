import { randomBytes } from 'node:crypto'
import type { Provider, Session } from 'oidc-provider'
import type { Exchange } from '../../http/exchange.ts'
import { toBase64url } from '../../lib/base64url.ts'
import { findUnit } from '../unit/units.ts'

const marks = new WeakMap<Exchange, string>()

/** For a form that came from our own origin (it is looked at before any route is): what the engine wants to find in it. */
export function vouchFor(exchange: Exchange): string {
  const mark = toBase64url(randomBytes(24))
  marks.set(exchange, mark)
  return mark
}

/**
 * The engine guards its own form by a secret in its session, so that each look at an empty page would be a session, kept for
 * weeks. Ours is guarded by its origin, like every form of ours; for one request the engine finds the secret where it
 * looks for it.
 */
export function trustingOwnForm(provider: Provider): void {
  const { Session } = provider
  const usual = Session.get.bind(Session)
  const get: typeof usual = async (ctx): Promise<Session> => {
    const session = await usual(ctx)
    const exchange = findUnit()?.exchange
    const secret = exchange && marks.get(exchange)
    return secret === undefined ? session : Object.assign(session, { state: { secret } })
  }
  Object.defineProperty(Session, 'get', { value: get })
}
