import { type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import type { KeySnapshot } from '../keyring/signing/key-set.ts'
import { fromBase64url } from '../lib/base64url.ts'
import type { Clock } from '../lib/clock.ts'
import { defineId, type Id } from '../lib/ids.ts'
import type { Soon } from '../lib/soon.ts'
import { type Api, apiId } from './apis/api.ts'
import { type ClaimNames, restore } from './apis/claim-names.ts'
import type { Backing } from './backing.ts'
import { isOfApiKeys } from './clients/built-in.ts'
import { type Client, isConfidential } from './clients/client.ts'
import { acting } from './exchange/acting.ts'
import type { Known } from './known.ts'
import type { CurrentClaims } from './organisations/current.ts'
import type { ApiKeys } from './ports.ts'

const orgId = defineId('org')
const keyId = defineId('key')

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
  sid: z.string().optional(),
  /** To what the token is bound, if to anything (RFC 7800). */
  cnf: z.object({ jkt: z.string().optional(), 'x5t#S256': z.string().optional() }).optional(),
  act: acting.optional(),
  /** Of one that was handed on: what the person has signed in to. */
  origin_client_id: z.string().optional(),
  userinfo_claims: z.array(z.string()).optional(),
  roles: z.array(z.string()).optional(),
  permissions: z.array(z.string()).optional(),
  quota: z.object({ organisation: z.number().optional(), key: z.number().optional() }).optional(),
})
type Claims = JWTPayload & z.output<typeof accessTokenClaims>

export interface ValidToken {
  readonly claims: Claims
  readonly scopes: ReadonlySet<string>
  /** Undefined where a program speaks for itself. */
  readonly person:
    | {
        /** By our name of them, whatever they are called in the token. */
        readonly id: Id<'usr'>
        /** In which they signed in, by our name of it; undefined where it is not known any more. */
        readonly session: Id<'ses'> | undefined
      }
    | undefined
  /** What its API calls the claims; here they have the names of ours. */
  readonly names: ClaimNames
  /** Of its client: what proofs of its key may be signed with. */
  readonly profile: Client['profile']
}

type Judged = Omit<ValidToken, 'names' | 'profile'>

export interface AccessTokens {
  /** Undefined for anything that is not an access token of ours that still counts. */
  verify(token: string): Promise<ValidToken | undefined>
}

interface AccessTokensDeps {
  readonly issuer: string
  readonly keys: () => Soon<KeySnapshot>
  readonly clients: Known<Client>
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
  const { issuer, keys, clients, backing, apiKeys, apis, current, clock } = deps

  const apiOf = async (aud: unknown): Promise<Api | undefined> =>
    typeof aud === 'string' && aud !== issuer ? apis.find(aud) : undefined

  const claimsOf = async (token: string) => {
    const snapshot = await keys()
    const ofAll = [snapshot, ...snapshot.apis.values()].flatMap(({ published }) => published)
    const verified = await jwtVerify(
      token,
      ({ kid, alg }) => {
        const key = ofAll.find((one) => one.kid === kid && one.algorithm === alg)
        if (!key) throw new TypeError('signed by a key that is not ours')
        return key.publicKey
      },
      { issuer, typ: 'at+jwt', requiredClaims: ['exp', 'sub', 'aud', 'client_id'], currentDate: clock.now() },
    )
    // Only now: what nobody of ours has signed asks no table which API it names.
    const api = await apiOf(verified.payload.aud)
    if (!signersFor(api, snapshot).some(({ kid }) => kid === verified.protectedHeader.kid)) return undefined
    const names = api?.claimNames ?? {}
    return { claims: accessTokenClaims.parse(restore(verified.payload, names)), names }
  }

  const ofKey = async (claims: Claims): Promise<Judged | undefined> => {
    const { api_key, org_id, aud, scope } = claims
    // An API may not want them in its tokens: of a key they are its scopes.
    const permissions = claims.permissions ?? scope?.split(' ') ?? []
    if (api_key === undefined || org_id === undefined) return undefined
    const stands = await apiKeys.standing(api_key, org_id)
    if (!stands.ok || stands.value.owner !== claims.sub) return undefined
    const api = await apis.find(aud)
    const still = permissions.filter((permission) => api && stands.value.permissions[api.id]?.includes(permission))
    return valid({ ...claims, permissions: still, scope: still.join(' ') }, undefined)
  }

  const ofProgram = async (claims: Claims, client: Client): Promise<Judged | undefined> => {
    const { serviceAccount } = client
    // Issued before it became a service account, or after: as what it is not now it speaks no longer.
    if ((claims.org_id === undefined) !== (serviceAccount === null)) return undefined
    if (serviceAccount === null) return valid(claims, undefined)
    const now = await current({ ...claims, sid: undefined }, serviceAccount, client)
    return now && valid(now, undefined)
  }

  const ofPerson = async (claims: Claims, client: Client): Promise<Judged | undefined> => {
    const { sid } = claims
    const behind = await backing.behind(claims, client)
    if (!behind) return undefined
    const { user, session } = behind
    const now = await current({ ...claims, sid: session }, user, client)
    return now && valid({ ...now, sid }, { id: user, session })
  }

  /** An API that was taken from the client: its tokens for that one are announced as over, and so they are here. */
  const mayStillHave = (client: Client, { aud }: Claims): boolean =>
    aud === issuer || isOfApiKeys(client.id) || client.apis.some(({ audience }) => audience === aud)

  /** And no scope of an API that was taken from the client: what the token says of it is from before. */
  const stillAllowed = (claims: Claims, client: Client): Claims => {
    const allowed = client.apis.find(({ audience }) => audience === claims.aud)?.scopes ?? null
    if (allowed === null) return claims
    const { scope, permissions } = claims
    const has = (name: string) => allowed.includes(name)
    return {
      ...claims,
      ...(scope !== undefined && { scope: scope.split(' ').filter(has).join(' ') || undefined }),
      ...(permissions && { permissions: permissions.filter(has) }),
    }
  }

  const judged = (claims: Claims, client: Client): Promise<Judged | undefined> => {
    if (isOfApiKeys(client.id)) return ofKey(claims)
    // First: whatever a client is called, its own token speaks for nobody else.
    return claims.sub === client.id ? ofProgram(claims, client) : ofPerson(claims, client)
  }

  return {
    verify: async (token) => {
      if (!isCanonical(token)) return undefined
      const found = await claimsOf(token).catch(() => undefined)
      if (!found) return undefined
      const { claims, names } = found
      const client = await clients.find(claims.client_id)
      if (!client || client.disabledAt || !mayStillHave(client, claims)) return undefined
      const stands = await judged(stillAllowed(claims, client), client)
      return stands && { ...stands, names, profile: client.profile }
    },
  }
}

/** By the audience: whoever took the key of one API has that API, and the instance's speaks for none that was promised its own. */
const signersFor = (api: Api | undefined, { published, apis }: KeySnapshot): KeySnapshot['published'] =>
  api?.ownKeys ? (apis.get(apiId.toUuid(api.id))?.published ?? []) : published

const valid = (claims: Claims, person: ValidToken['person']): Judged => ({
  claims,
  scopes: new Set(claims.scope?.split(' ') ?? []),
  person,
})

/** Who may ask whether a token counts: whoever it was issued to, and a back end that the API's tokens are for. */
export const mayIntrospect = (client: Client, { claims }: ValidToken): boolean =>
  isConfidential(client) &&
  (claims.client_id === client.id || client.apis.some(({ audience }) => audience === claims.aud))
