import { type EngineClient, type EngineContext, errors } from 'oidc-provider'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { recordOf } from '../engine/engine-clients.ts'
import { type UsedJwts, usedJwtHash } from '../replay/used-jwts.ts'
import { algorithmOf, algorithmsOf, isCanonicalJwt, isOfType } from './jwt-shape.ts'

/** Seconds. One that is good for longer would have to be remembered for longer. */
const LONGEST_LIFE = 3600

const claims = z.looseObject({
  exp: z.number(),
  jti: z.string().min(1).max(500).optional(),
  sub: z.unknown().optional(),
  aud: z.unknown().optional(),
})
const header = z.looseObject({ typ: z.unknown().optional(), alg: z.string() })

export interface IncomingJwts {
  /** Called by the engine when it has checked signature, algorithm, issuer, audience and expiry (RFC 7523 §3). */
  assertClientAssertion(ctx: EngineContext, payload: unknown, head: unknown): Promise<void>
  /** Called by the engine before it checks the signature (RFC 9101 §6). */
  assertRequestObject(ctx: EngineContext, payload: unknown, head: unknown): Promise<void>
  /** Called when the request was read: a signed one counts once. */
  useUpRequestObject(ctx: EngineContext): Promise<void>
  /** Called by the engine before it reads a proof; true: it must carry a nonce of ours. */
  requiresNonce(ctx: EngineContext): boolean
}

interface IncomingJwtsDeps {
  readonly issuer: string
  readonly usedJwts: UsedJwts
  readonly clock: Clock
}

/** What the engine leaves open of the JWTs that clients send (threats 5, 8 and 10). */
export function incomingJwts({ issuer, usedJwts, clock }: IncomingJwtsDeps): IncomingJwts {
  const read = new WeakMap<object, { readonly client: string; readonly jti: string; readonly exp: number }>()

  /**
   * The engine also takes the address of an endpoint, and a list that we are in. Another server that the same application talks to could
   * name our endpoint as its own, and bring here what it was sent (CVE-2025-27370; FAPI 2.0 Security Profile §5.3.2.1).
   */
  const isForUsAlone = (aud: unknown) => aud === issuer
  const isWeak = (alg: string | undefined, client: EngineClient | undefined) =>
    client !== undefined && !algorithmsOf(recordOf(client)).some((one) => one === alg)
  const lastsTooLong = (exp: number) => exp > Math.floor(clock.now().getTime() / 1000) + LONGEST_LIFE
  return {
    assertClientAssertion: async (ctx, payload, head) => {
      const refuse = (why: string) => new errors.InvalidClientAuth(why)
      const { exp, aud } = parsed(claims, payload, refuse)
      const { typ, alg } = parsed(header, head, refuse)
      const sent = ctx.oidc.params?.['client_assertion']
      if (typeof sent !== 'string' || !isCanonicalJwt(sent)) throw refuse('the assertion is spelt in another way')
      if (!isOfType(typ, 'client-authentication+jwt')) throw refuse('the JWT is of another type')
      if (isWeak(alg, ctx.oidc.client)) throw refuse('FAPI 2.0 takes PS256, ES256 and EdDSA')
      if (!isForUsAlone(aud)) throw refuse('aud must be the issuer and nothing else')
      if (lastsTooLong(exp)) throw refuse('the assertion is good for more than an hour')
    },
    assertRequestObject: async (ctx, payload, head) => {
      const { oidc } = ctx
      // What was pushed was read when it was pushed.
      if (oidc.entities.PushedAuthorizationRequest) return
      const refuse = (why: string) => new errors.InvalidRequestObject(why)
      const { exp, jti, sub, aud } = parsed(claims, payload, refuse)
      const { typ, alg } = parsed(header, head, refuse)
      const sent = oidc.params?.['request']
      if (typeof sent !== 'string' || !isCanonicalJwt(sent)) throw refuse('the request object is spelt in another way')
      if (!isOfType(typ, 'oauth-authz-req+jwt')) throw refuse('the JWT is of another type')
      if (isWeak(alg, oidc.client)) throw refuse('FAPI 2.0 takes PS256, ES256 and EdDSA')
      if (!isForUsAlone(aud)) throw refuse('aud must be the issuer and nothing else')
      // RFC 9101 §10.8: with it, what a browser carries would authenticate the client.
      if (sub !== undefined && sub === oidc.client?.clientId) throw refuse('sub must not name the client')
      if (lastsTooLong(exp)) throw refuse('the request object is good for more than an hour')
      if (jti !== undefined && oidc.client) read.set(oidc, { client: oidc.client.clientId, jti, exp })
    },
    useUpRequestObject: async ({ oidc }) => {
      const found = read.get(oidc)
      if (!found) return
      const isFirst = await usedJwts.take(
        usedJwtHash('request object', found.client, found.jti),
        new Date(found.exp * 1000),
      )
      if (!isFirst) throw new errors.InvalidRequestObject('the request object was used before')
    },
    requiresNonce: (ctx) => {
      const proof = ctx.req.headers['dpop']
      if (typeof proof !== 'string' || !isCanonicalJwt(proof))
        throw new errors.InvalidDpopProof('the DPoP proof is not one JWT')
      if (isWeak(algorithmOf(proof), ctx.oidc.client))
        throw new errors.InvalidDpopProof('FAPI 2.0 takes PS256, ES256 and EdDSA')
      return true
    },
  }
}

function parsed<T>(schema: z.ZodType<T>, given: unknown, refuse: (why: string) => Error): T {
  const result = schema.safeParse(given)
  if (!result.success) throw refuse(`${result.error.issues[0]?.path.join('.')} is missing or wrong`)
  return result.data
}
