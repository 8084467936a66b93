import type { MiddlewareContext } from 'oidc-provider'
import { recordOf } from './engine-clients.ts'

/** What the engine refuses in words that lead nowhere. Which error it is stays the protocol's. */
export async function sayingTheCure(ctx: MiddlewareContext, next: () => Promise<void>): Promise<void> {
  await next()
  const { body } = ctx
  if (typeof body !== 'object' || body === null || !('error' in body)) return
  const cure = cureFor(ctx, body.error)
  if (cure !== undefined) ctx.body = { ...body, error_description: cure }
}

function cureFor({ oidc, req }: MiddlewareContext, error: unknown): string | undefined {
  if (oidc?.route === 'revocation' && error === 'unsupported_token_type') return NO_ACCESS_TOKENS
  const needsProof = oidc?.client !== undefined && recordOf(oidc.client).tokenBinding === 'dpop'
  // Whatever else is wrong with it: without a proof it is refused.
  return oidc?.route === 'token' && error === 'invalid_grant' && needsProof && req.headers['dpop'] === undefined
    ? NO_PROOF
    : undefined
}

const NO_ACCESS_TOKENS =
  'an access token is not revoked by itself: revoke the refresh token that came with it, or end the session (RP-initiated logout)'
const NO_PROOF =
  'the tokens of this client are bound to a key: send a DPoP proof with the request (RFC 9449 §5), in the header DPoP'
