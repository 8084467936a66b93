import type { SigningAlgorithm } from '../../keyring/signing/signing-key.ts'
import { ownScopes } from '../claims.ts'
import { type Api, isAudience, type ScopeWords, scopeName } from './api.ts'
import { areClaimNames, type ClaimNamesChange, namesAfter } from './claim-names.ts'
import { areWords } from './words.ts'

/** What may be said of an API whenever it is made or changed. */
export interface ApiFields {
  readonly name?: string
  /** Seconds; null: the instance's setting. */
  readonly accessTokenTtl?: number | null
  /** Never taken back: back ends fetch them from where they are. */
  readonly ownKeys?: boolean
  readonly algorithm?: SigningAlgorithm | null
  readonly byRole?: boolean
  readonly claimNames?: ClaimNamesChange
  readonly carriesPermissions?: boolean
  readonly isDefault?: boolean
}

export type ApiFault =
  | 'audience-invalid'
  | 'audience-taken'
  | 'name-invalid'
  | 'scope-invalid'
  | 'scope-reserved'
  | 'too-many-scopes'
  | 'ttl-too-long'
  | 'ttl-too-short'
  | 'algorithm-without-keys'
  | 'keys-taken-back'
  | 'claim-name-invalid'
  | 'words-invalid'

/** What a client of it may ask for in one request has to fit into an address, and what people read onto a page. */
const MOST_SCOPES = 500
const SHORTEST_TTL = 30

export interface ApiBounds {
  /** The audience of tokens for which nobody named an API. */
  readonly issuer: string
  /** Milliseconds that a retired key stays published: no token may live longer. */
  readonly longestTokenLifetime: number
}

/**
 * The whole of an API, whether it is made or changed. What it was called before there was a rule about names stays, for its back end asks
 * for it: judged is what is new.
 */
export function apiFault(api: Api, { issuer, longestTokenLifetime }: ApiBounds, before?: Api): ApiFault | undefined {
  const { audience, name, scopes, accessTokenTtl: ttl } = api
  if (!isAudience(audience)) return 'audience-invalid'
  if (audience === issuer) return 'audience-taken'
  if (name.trim() === '' || name.length > 200 || /[\p{Cc}\p{Bidi_Control}]/u.test(name)) return 'name-invalid'
  if (!scopes.every((scope) => scopeName.safeParse(scope).success)) return 'scope-invalid'
  if (scopes.some((scope) => ownScopes.has(scope) && !before?.scopes.includes(scope))) return 'scope-reserved'
  if (scopes.length > MOST_SCOPES) return 'too-many-scopes'
  if (ttl !== null && !(Number.isSafeInteger(ttl) && ttl >= SHORTEST_TTL)) return 'ttl-too-short'
  if (ttl !== null && ttl * 1000 > longestTokenLifetime) return 'ttl-too-long'
  if (api.algorithm !== null && !api.ownKeys) return 'algorithm-without-keys'
  if (api.claimNames !== before?.claimNames && !areClaimNames(api.claimNames)) return 'claim-name-invalid'
  return areWords(api.scopeWords, scopes) ? undefined : 'words-invalid'
}

/** One by one, by name: what else came along stays outside (threat 24). */
export const withFields = (api: Api, said: ApiFields, scopes: readonly string[], scopeWords: ScopeWords): Api => ({
  id: api.id,
  audience: api.audience,
  name: said.name?.trim() ?? api.name,
  scopes: [...new Set(scopes)],
  accessTokenTtl: said.accessTokenTtl === undefined ? api.accessTokenTtl : said.accessTokenTtl,
  ownKeys: said.ownKeys ?? api.ownKeys,
  algorithm: said.algorithm === undefined ? api.algorithm : said.algorithm,
  byRole: said.byRole ?? api.byRole,
  claimNames: said.claimNames === undefined ? api.claimNames : namesAfter(api.claimNames, said.claimNames),
  carriesPermissions: said.carriesPermissions ?? api.carriesPermissions,
  isDefault: said.isDefault ?? api.isDefault,
  scopeWords,
})
