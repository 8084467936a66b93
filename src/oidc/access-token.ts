import { type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import type { KeySnapshot } from '../keyring/signing/key-set.ts'
import { fromBase64url } from '../lib/base64url.ts'
import type { Clock } from '../lib/clock.ts'
import { defineId } from '../lib/ids.ts'
import type { Soon } from '../lib/soon.ts'
import type { Backing } from './backing.ts'
import type { Client } from './clients/client.ts'
import type { Known } from './known.ts'
import type { Person, Users } from './ports.ts'

const userId = defineId('usr')

const accessTokenClaims = z.looseObject({
  sub: z.string(),
  aud: z.string(),
  client_id: z.string(),
  exp: z.number(),
  scope: z.string().optional(),
})

export interface ValidToken {
  readonly claims: JWTPayload & z.output<typeof accessTokenClaims>
  readonly scopes: ReadonlySet<string>
  /** Undefined where a program speaks for itself. */
  readonly person: (Person & { readonly id: ReturnType<typeof userId.generate> }) | undefined
}

export interface AccessTokens {
  /** Undefined for anything that is not an access token of ours that still counts. */
  verify(token: string): Promise<ValidToken | undefined>
}

interface AccessTokensDeps {
  readonly issuer: string
  readonly keys: () => Soon<KeySnapshot>
  readonly clients: Known<Client>
  readonly users: Users
  readonly backing: Backing
  readonly clock: Clock
}

/** The last character of each part has spare bits that decoders ignore: only one spelling of a token is one. */
const isCanonical = (token: string): boolean => {
  const parts = token.split('.')
  return parts.length === 3 && parts.every((part) => fromBase64url(part) !== undefined)
}

/**
 * A token that comes back to us, which offline only says that it was good when it was issued: here its client, its person,
 * its grant and its session must still be.
 */
export function accessTokens({ issuer, keys, clients, users, backing, clock }: AccessTokensDeps): AccessTokens {
  const claimsOf = async (token: string) => {
    const { published, apis } = await keys()
    const ofApis = [...apis.values()].flatMap((set) => set.published)
    const verified = await jwtVerify(
      token,
      ({ kid, alg }) => {
        const key = [...published, ...ofApis].find((one) => one.kid === kid && one.algorithm === alg)
        if (!key) throw new TypeError('signed by a key that is not ours')
        return key.publicKey
      },
      { issuer, typ: 'at+jwt', requiredClaims: ['exp', 'sub', 'aud', 'client_id'], currentDate: clock.now() },
    )
    const claims = accessTokenClaims.parse(verified.payload)
    // The key of an API speaks for that API alone, and never to us.
    const isOurs = published.some(({ kid }) => kid === verified.protectedHeader.kid)
    return isOurs || claims.aud !== issuer ? claims : undefined
  }

  return {
    verify: async (token) => {
      if (!isCanonical(token)) return undefined
      const claims = await claimsOf(token).catch(() => undefined)
      if (!claims) return undefined
      const client = await clients.find(claims.client_id)
      if (!client || client.disabledAt) return undefined
      const scopes = new Set(claims.scope?.split(' ') ?? [])
      // First: whatever a client is called, its own token speaks for nobody else.
      if (claims.sub === client.id) return { claims, scopes, person: undefined }
      if (!userId.is(claims.sub)) return undefined
      const [person, stands] = await Promise.all([users.find(claims.sub), backing.stands(claims)])
      return stands && person?.status === 'active'
        ? { claims, scopes, person: { ...person, id: claims.sub } }
        : undefined
    },
  }
}

/** Who may ask whether a token counts: whoever it was issued to, and a back end that the API's tokens are for. */
export const mayIntrospect = (client: Client, { claims }: ValidToken): boolean =>
  client.type === 'confidential' &&
  (claims.client_id === client.id || client.apis.some(({ audience }) => audience === claims.aud))
