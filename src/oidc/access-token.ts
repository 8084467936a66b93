import { type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import type { KeySnapshot } from '../keyring/signing/key-set.ts'
import { fromBase64url } from '../lib/base64url.ts'
import type { Clock } from '../lib/clock.ts'
import { defineId } from '../lib/ids.ts'
import type { Soon } from '../lib/soon.ts'
import type { Api } from './apis/api.ts'
import type { Backing } from './backing.ts'
import { isOfApiKeys } from './clients/built-in.ts'
import type { Client } from './clients/client.ts'
import type { Known } from './known.ts'
import type { CurrentClaims } from './organisations/current.ts'
import type { ApiKeys, Person, Users } from './ports.ts'

const userId = defineId('usr')
const orgId = defineId('org')
const keyId = defineId('key')
const sessionId = defineId('ses')

const accessTokenClaims = z.looseObject({
  sub: z.string(),
  aud: z.string(),
  client_id: z.string(),
  exp: z.number(),
  scope: z.string().optional(),
  org_id: z.string().refine(orgId.is).optional(),
  api_key: z.string().refine(keyId.is).optional(),
  auth_time: z.number().optional(),
  acr: z.string().optional(),
  amr: z.array(z.string()).optional(),
  sid: z.string().refine(sessionId.is).optional(),
  roles: z.array(z.string()).optional(),
  permissions: z.array(z.string()).optional(),
  quota: z.object({ organisation: z.number().optional(), key: z.number().optional() }).optional(),
})
type Claims = JWTPayload & z.output<typeof accessTokenClaims>

export interface ValidToken {
  readonly claims: Claims
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
  readonly apiKeys: Pick<ApiKeys, 'standing'>
  readonly apis: Known<Api>
  readonly current: CurrentClaims
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
export function accessTokens(deps: AccessTokensDeps): AccessTokens {
  const { issuer, keys, clients, users, backing, apiKeys, apis, current, clock } = deps
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

  const ofKey = async (claims: Claims): Promise<ValidToken | undefined> => {
    const { api_key, org_id, aud, permissions = [] } = claims
    if (api_key === undefined || org_id === undefined) return undefined
    const stands = await apiKeys.standing(api_key, org_id)
    if (!stands.ok || stands.value.owner !== claims.sub) return undefined
    const api = await apis.find(aud)
    const still = permissions.filter((permission) => api && stands.value.permissions[api.id]?.includes(permission))
    return valid({ ...claims, permissions: still, scope: still.join(' ') }, undefined)
  }

  const ofProgram = async (claims: Claims, client: Client): Promise<ValidToken | undefined> => {
    const { serviceAccount } = client
    // Issued before it became a service account, or after: as what it is not now it speaks no longer.
    if ((claims.org_id === undefined) !== (serviceAccount === null)) return undefined
    const now = serviceAccount === null ? claims : await current(claims, serviceAccount, client)
    return now && valid(now, undefined)
  }

  const ofPerson = async (claims: Claims, client: Client): Promise<ValidToken | undefined> => {
    const { sub } = claims
    if (!userId.is(sub)) return undefined
    const [person, stands] = await Promise.all([users.find(sub), backing.stands(claims)])
    if (!stands || person?.status !== 'active') return undefined
    const now = await current(claims, sub, client)
    return now && valid(now, { ...person, id: sub })
  }

  return {
    verify: async (token) => {
      if (!isCanonical(token)) return undefined
      const claims = await claimsOf(token).catch(() => undefined)
      if (!claims) return undefined
      const client = await clients.find(claims.client_id)
      if (!client || client.disabledAt) return undefined
      if (isOfApiKeys(client.id)) return ofKey(claims)
      // First: whatever a client is called, its own token speaks for nobody else.
      return claims.sub === client.id ? ofProgram(claims, client) : ofPerson(claims, client)
    },
  }
}

const valid = (claims: Claims, person: ValidToken['person']): ValidToken => ({
  claims,
  scopes: new Set(claims.scope?.split(' ') ?? []),
  person,
})

/** Who may ask whether a token counts: whoever it was issued to, and a back end that the API's tokens are for. */
export const mayIntrospect = (client: Client, { claims }: ValidToken): boolean =>
  client.type === 'confidential' &&
  (claims.client_id === client.id || client.apis.some(({ audience }) => audience === claims.aud))
