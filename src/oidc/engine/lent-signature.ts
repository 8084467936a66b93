import type { EngineContext, MiddlewareContext, Provider } from 'oidc-provider'
import type { SignAnswer } from '../introspection.ts'

const hasClient = (ctx: MiddlewareContext): ctx is EngineContext => ctx.oidc?.client !== undefined

/** RFC 9701 §5: for the one who asked, and of a type of its own, so that it is never taken for a token. */
export const signingAnswers =
  ({ IdToken }: Provider): SignAnswer =>
  async (ctx, answer) => {
    if (!hasClient(ctx)) throw new TypeError('nobody asked')
    const token = new IdToken({}, { ctx })
    token.extra = { token_introspection: answer }
    return token.issue({ use: 'introspection' })
  }

/**
 * An access token of ours is a JWT, and none is stored; a refresh token that is asked about is looked up by us, with all that is
 * behind it. The engine need not look for either.
 */
export function leaveLookingToUs(
  { AccessToken, ClientCredentials, RefreshToken }: Provider,
  ctx: () => MiddlewareContext | undefined,
) {
  AccessToken.find = async () => undefined
  ClientCredentials.find = async () => undefined
  const find = RefreshToken.find.bind(RefreshToken)
  RefreshToken.find = async (value, options) =>
    ctx()?.oidc?.route === 'introspection' ? undefined : find(value, options)
}
