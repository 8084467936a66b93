import type { MiddlewareContext } from 'oidc-provider'

/**
 * RFC 6749 §5.1: an answer that says nothing of `scope` says that all was granted that was asked for. The engine leaves it out where
 * nothing was. The grammar has no word for none (§3.3), and an empty text is what is left: the truth, in a field that clients read as
 * a list. Where nothing was asked for nothing needs to be said.
 */
export async function sayingWhatWasGranted(ctx: MiddlewareContext, next: () => Promise<void>): Promise<void> {
  await next()
  const { body, oidc } = ctx
  if (oidc?.route !== 'token' || typeof body !== 'object' || body === null || !('access_token' in body)) return
  if ('scope' in body && body.scope !== undefined) return
  const { AuthorizationCode, RefreshToken, DeviceCode } = oidc.entities
  const asked = oidc.params?.['scope'] ?? (AuthorizationCode ?? RefreshToken ?? DeviceCode)?.scope
  if (typeof asked === 'string' && asked !== '') ctx.body = { ...body, scope: '' }
}
