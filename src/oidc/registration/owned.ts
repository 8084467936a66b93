import { type AuthMethod, type Client, isConfidential, keepsSecrets } from '../clients/client.ts'
import { sectorOf } from '../clients/rules/subject.ts'
import { type MetadataRefusal, metadataOf, type OwnFields } from './metadata.ts'

/** What an application may say of itself when it says it anew. */
interface Rule {
  /** As metadata calls it. Left out it stays: an operator may have set it, and an application that does not know of it takes nothing back. */
  readonly stays: readonly string[]
  readonly may: (was: Client, is: OwnFields) => boolean
}

/** It is the application's alone; left out it is empty afterwards (RFC 7592 §2.2). */
const theirs: Rule = { stays: [], may: () => true }
/** It is the application's to change, and nobody's to lose by not naming it. */
const lasting = (...stays: readonly string[]): Rule => ({ stays, may: () => true })
/** Never looser than it is: who set it does not show, and it may have been the operator. */
const only = (may: Rule['may'], ...stays: readonly string[]): Rule => ({ stays, may })

/** A secret is what somebody else may have; a key is shown to nobody. */
const proofOf = (authMethod: AuthMethod): number =>
  isConfidential({ authMethod }) ? (keepsSecrets({ authMethod }) ? 1 : 2) : 0

/**
 * Whose each field is, once it is registered. What stands in no line here (second factors, APIs, organisations, lifetimes,
 * origins, PKCE, profile, whether it is one of ours) is the operator's, and never read from what an application says.
 *
 * People keep their names, and the application its sector: it could register the host of somebody else, where no code ever
 * reaches it, and then learn by a refresh what people are called there; or both names of one person, which pairwise names are
 * to keep apart. Whoever must move registers another application, and people sign in to that.
 */
const owned: Readonly<Record<keyof OwnFields, Rule>> = {
  name: theirs,
  uri: theirs,
  logoUri: theirs,
  policyUri: theirs,
  termsUri: theirs,
  postLogoutRedirectUris: theirs,
  redirectUris: only(
    (was, is) => was.subjectType === 'public' || sectorOf({ ...was, redirectUris: is.redirectUris }) === was.sector,
  ),
  subjectType: only((was, is) => is.subjectType === was.subjectType, 'subject_type'),
  authMethod: only((was, is) => proofOf(is.authMethod) >= proofOf(was.authMethod), 'token_endpoint_auth_method'),
  grantTypes: only((was, is) => is.grantTypes.every((one) => was.grantTypes.includes(one)), 'grant_types'),
  jwks: lasting('jwks'),
  jwksUri: lasting('jwks_uri'),
  tlsSubject: lasting('tls_client_auth_subject_dn'),
  requiresPar: only((was, is) => is.requiresPar || !was.requiresPar, 'require_pushed_authorization_requests'),
  requiresSignedRequest: only(
    (was, is) => is.requiresSignedRequest || !was.requiresSignedRequest,
    'require_signed_request_object',
  ),
  tokenBinding: only(
    (was, is) => was.tokenBinding === 'none' || is.tokenBinding === was.tokenBinding,
    'dpop_bound_access_tokens',
    'tls_client_certificate_bound_access_tokens',
  ),
  backchannelLogoutUri: lasting('backchannel_logout_uri'),
}

const named = (body: object, name: string): boolean => (Reflect.get(body, name) ?? null) !== null

/** What one of these was named for, the other was not: both together would be two answers to one question. */
const instead: Readonly<Record<string, (body: object) => boolean>> = {
  jwks: (body) => named(body, 'jwks_uri'),
  jwks_uri: (body) => named(body, 'jwks'),
  tls_client_auth_subject_dn: (body) =>
    named(body, 'token_endpoint_auth_method') && Reflect.get(body, 'token_endpoint_auth_method') !== 'tls_client_auth',
}

/** With all that it did not name and does not lose by that. What it is (`application_type`) stays in any case. */
export function withWhatStays(body: object, was: Client): object {
  const names = ['application_type', ...Object.values(owned).flatMap(({ stays }) => stays)]
  const standing = Object.entries(metadataOf(was)).filter(
    ([name]) => names.includes(name) && !named(body, name) && !instead[name]?.(body),
  )
  return { ...body, ...Object.fromEntries(standing) }
}

/** Undefined where it may become that. */
export function takenBack(was: Client, is: OwnFields): MetadataRefusal | undefined {
  const refused = Object.values(owned).find(({ may }) => !may(was, is))
  if (!refused) return undefined
  const [name] = refused.stays
  const [error, what] =
    name === undefined
      ? (['invalid_redirect_uri', `people have the names of ${was.sector} for it, so it stays on that host`] as const)
      : (['invalid_client_metadata', `${name} stays as it is, or becomes stricter`] as const)
  return { error, error_description: `${what}: register another application` }
}
