/** What an API may read under another name, like `tenantId` for `org_id`. */
export const RENAMEABLE = ['org_id', 'org', 'roles', 'permissions'] as const
type Renameable = (typeof RENAMEABLE)[number]

/** Our name → the API's. */
export type ClaimNames = Readonly<Partial<Record<Renameable, string>>>

/** What is not named stays; `null` takes a name back. */
export type ClaimNamesChange = Readonly<Partial<Record<Renameable, string | null>>>

export const namesAfter = (before: ClaimNames, change: ClaimNamesChange): ClaimNames =>
  Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, name]) => name !== null))

/** All that a token of ours says under a name of ours or of a standard. */
const ours: ReadonlySet<string> = new Set([
  ...RENAMEABLE,
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scope', 'sid', 'auth_time', 'acr', 'amr', 'cnf'],
  ...['act', 'origin_client_id', 'may_act', 'authorization_details', 'userinfo_claims', 'quota', 'api_key', 'lic'],
])

/** Registered with IANA, so that every library believes to know what it means. */
const registered: ReadonlySet<string> = new Set([
  ...['azp', 'nonce', 'at_hash', 'c_hash', 's_hash', 'events', 'toe', 'txn', 'sub_id', 'trust_framework', 'typ', 'alg'],
  ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture'],
  ...['website', 'email', 'email_verified', 'gender', 'birthdate', 'zoneinfo', 'locale', 'phone_number'],
  ...['phone_number_verified', 'address', 'updated_at', 'sub_jwk', 'vot', 'vtm', 'groups', 'entitlements', 'active'],
  ...['token_type', 'username', 'token_introspection', 'verified_claims', 'status', 'vc', 'vp', 'client_assertion'],
  // OpenID Connect Core §5.6.2, and what others read scopes from.
  ...['_claim_names', '_claim_sources', 'scp', 'scopes', 'access_token', 'refresh_token', 'id_token', 'expires_in'],
  ...['place_of_birth', 'nationalities', 'birth_family_name', 'birth_given_name', 'birth_middle_name', 'title'],
  ...['salutation', 'msisdn', 'also_known_as', 'orig', 'dest', 'mky', 'rph', 'sip_from_tag', 'sip_date', 'sip_callid'],
  ...['sip_cseq_num', 'sip_via_branch', 'div', 'opt', 'ntv', 'jcard', 'at_use_nbr', 'rcd', 'rcdi', 'crn', 'msgi'],
  ...['cdniv', 'cdnicrit', 'cdniip', 'cdniuc', 'cdniets', 'cdnistt', 'cdnistd', 'sig_val_claims', 'attest', 'psat'],
  ...['htm', 'htu', 'ath', 'request', 'request_uri', 'error', 'error_description', 'purpose', 'geohash', 'interest'],
])

/** A back end in JavaScript that copies claims would set a prototype. */
const ofObjects: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Go and .NET take `Sub` for `sub`. */
const taken = new Set([...ours, ...registered, ...ofObjects].map((one) => one.toLowerCase()))

const name = /^[A-Za-z_][A-Za-z0-9_.:/-]{0,99}$/

/** Each to one name, that says nothing else anywhere. */
export function areClaimNames(names: Readonly<Record<string, unknown>>): names is ClaimNames {
  const wanted = Object.values(names).map((one) => (typeof one === 'string' && name.test(one) ? one.toLowerCase() : ''))
  return (
    Object.keys(names).every((own) => RENAMEABLE.some((one) => one === own)) &&
    wanted.every((one) => one !== '' && !taken.has(one)) &&
    new Set(wanted).size === wanted.length
  )
}

type Claims = Readonly<Record<string, unknown>>

/** What a token for an API says, and how. */
export function asReadBy(
  { claimNames, carriesPermissions }: { readonly claimNames: ClaimNames; readonly carriesPermissions: boolean },
  claims: Claims,
): Record<string, unknown> {
  const { permissions, ...others } = claims
  return rename(carriesPermissions && permissions !== undefined ? { ...others, permissions } : others, claimNames)
}

/** As the API reads them. */
export function rename(claims: Claims, names: ClaimNames): Record<string, unknown> {
  const renamed = new Map<string, string>(Object.entries(names))
  return Object.fromEntries(Object.entries(claims).map(([own, value]) => [renamed.get(own) ?? own, value]))
}

/**
 * As we said them. Undefined where a claim means nothing to us: the names were others when the token was issued, and what
 * cannot be understood cannot be judged anew.
 */
export function restore(claims: Claims, names: ClaimNames): Record<string, unknown> | undefined {
  const own = new Map<string, string>(Object.entries(names).map(([mine, theirs]) => [theirs, mine]))
  const entries = Object.entries(claims).map(([theirs, value]) => [own.get(theirs) ?? theirs, value] as const)
  const known =
    entries.every(([mine]) => ours.has(mine)) && new Set(entries.map(([mine]) => mine)).size === entries.length
  return known ? Object.fromEntries(entries) : undefined
}
