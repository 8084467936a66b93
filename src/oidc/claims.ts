import type { Account, EngineContext, Token } from 'oidc-provider'
import type { Id } from '../lib/ids.ts'
import { namedAtUserinfo } from './claims-parameter.ts'
import { recordOf } from './engine/engine-clients.ts'
import type { Person } from './ports.ts'
import type { Subjects } from './subjects.ts'
import { currentUnit } from './unit/units.ts'

/** Which scope gives which claims (OpenID Connect Core §5.4). */
export const claimsByScope = {
  openid: ['sub'],
  profile: ['name', 'locale'],
  email: ['email', 'email_verified'],
} as const

/** What a person agrees to under such a name is ours: no API's scope of the same name is meant by it. */
export const ownScopes: ReadonlySet<string> = new Set([...Object.keys(claimsByScope), 'offline_access'])

export function claimsOf(id: Id<'usr'>, person: Person) {
  return {
    sub: id,
    name: person.name,
    ...(person.locale !== null && { locale: person.locale }),
    email: person.email,
    email_verified: person.emailVerified,
  }
}

/** For whom the person signed in, as the application reads it in the ID token. */
export interface ChosenOrganisation {
  readonly org_id: Id<'org'>
  readonly org: string
}

/** The engine leaves out what no scope was granted for, and asks for nothing where no ID token is made. */
export const accountOf = (
  id: Id<'usr'>,
  person: () => Promise<Person | undefined>,
  chosen: () => ChosenOrganisation | undefined,
): Account => ({
  accountId: id,
  claims: async () => {
    const found = await person()
    return { ...(found ? claimsOf(id, found) : { sub: id }), ...chosen() }
  },
})

interface Wanted {
  readonly scopes: ReadonlySet<string>
  /** By name, in the `claims` parameter. */
  readonly asked: readonly string[]
}

/** Those that a userinfo answer may hold, beside the name by which the client knows the person. */
export function claimsWithin(
  { scopes, asked }: Wanted,
  person: Person & { readonly id: Id<'usr'> },
): Record<string, unknown> {
  const allowed = Object.entries(claimsByScope).flatMap(([scope, names]) => (scopes.has(scope) ? [...names] : []))
  const names = new Set<string>([...allowed, ...asked])
  const { sub: _, ...known } = claimsOf(person.id, person)
  return Object.fromEntries(Object.entries(known).filter(([name]) => names.has(name)))
}

const claimsOfPeople: ReadonlySet<string> = new Set(Object.values(claimsByScope).flat())

/** What the request asked for by name, of what we have: a token says it for us, for nobody keeps it beside the token. */
const askedAtUserinfo = (claims: unknown): readonly string[] =>
  namedAtUserinfo(claims).filter((name) => claimsOfPeople.has(name))

/** Beside what RFC 9068 has in every access token: how and when the person signed in, and in which session. */
export function signInClaims(
  { oidc }: EngineContext,
  token: Token,
  subjects: Pick<Subjects, 'sidFor'>,
): Record<string, unknown> | undefined {
  const source =
    oidc.entities.RefreshToken ??
    oidc.entities.AuthorizationCode ??
    oidc.entities.DeviceCode ??
    currentUnit().onBehalf?.source
  if (!token.accountId || !source || !oidc.client) return undefined
  const asked = askedAtUserinfo('claims' in source ? source.claims : undefined)
  const sid = source.sid === undefined ? undefined : subjects.sidFor(recordOf(oidc.client), source.sid)
  const claims = {
    ...{ sid, auth_time: source.authTime, acr: source.acr, amr: source.amr },
    userinfo_claims: asked.length > 0 ? asked : undefined,
  }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}
