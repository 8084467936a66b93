import type { SnapshotFields } from '../../audit/snapshot.ts'
import type { Client, GrantType } from './client.ts'

type Own = 'id' | 'type' | 'apis' | 'secrets' | 'createdAt' | 'disabledAt' | 'serviceAccount' | 'registrationHash'

/** What may be said of a client whenever it is made or changed; what is left out stays, or is the default of its type. */
export type ClientFields = Partial<Omit<Client, Own | 'grantTypes'>> & { readonly grantTypes?: readonly GrantType[] }

const plainNames = [
  'name',
  'uri',
  'firstParty',
  'organisations',
  'mfa',
  'authMethod',
  'jwks',
  'jwksUri',
  'tlsSubject',
  'logoUri',
  'policyUri',
  'termsUri',
  'backchannelLogoutUri',
  'accessTokenTtl',
  'refreshIdleTtl',
  'refreshAbsoluteTtl',
  'subjectType',
  'sector',
  'requiresPar',
  'requiresSignedRequest',
  'tokenBinding',
  'pkce',
  'profile',
] as const satisfies readonly (keyof ClientFields)[]

const listNames = ['redirectUris', 'postLogoutRedirectUris', 'origins', 'grantTypes'] as const

/**
 * By name, one by one: whatever else somebody put into a body stays there (threat 24). `undefined` says nothing.
 */
export function fieldsIn(given: ClientFields): ClientFields {
  const said: [string, unknown][] = plainNames.flatMap((name) =>
    given[name] === undefined ? [] : [[name, typeof given[name] === 'string' ? given[name].trim() : given[name]]],
  )
  for (const name of listNames) {
    const list = given[name]
    if (list !== undefined) said.push([name, [...new Set<string>(list)]])
  }
  return Object.fromEntries(said)
}

/** As the log keeps it: which keys, not the keys themselves; which APIs, and what is not plain of them. */
export function snapshotOf(client: Client): SnapshotFields {
  const {
    secrets: _,
    serviceAccount: _1,
    registrationHash: _2,
    createdAt: _3,
    disabledAt: _4,
    id: _5,
    ...rest
  } = client
  const { apis, jwks, ...fields } = rest
  const special = apis.filter(({ scopes, onBehalf }) => scopes !== null || onBehalf)
  return {
    ...fields,
    jwks: jwks?.keys.map(({ kty, kid }) => (typeof kid === 'string' ? kid : kty)) ?? null,
    apis: apis.map(({ audience }) => audience),
    ...(special.length > 0 && { apiGrants: special }),
  }
}

/** What differs of two; the same names in both. */
export function differing(before: Client, after: Client) {
  const [was, is] = [snapshotOf(before), snapshotOf(after)]
  const names = Object.keys({ ...was, ...is }).filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
  const of = (snapshot: SnapshotFields): SnapshotFields =>
    Object.fromEntries(names.map((name) => [name, snapshot[name] ?? null]))
  return names.length === 0 ? undefined : { before: of(was), after: of(is) }
}
