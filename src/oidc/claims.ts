import type { Account, EngineContext, Token } from 'oidc-provider'
import type { Id } from '../lib/ids.ts'
import type { Person } from './ports.ts'

/** Which scope gives which claims (OpenID Connect Core §5.4). */
export const claimsByScope = {
  openid: ['sub'],
  profile: ['name', 'locale'],
  email: ['email', 'email_verified'],
} as const

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

/** The engine leaves out what no scope was granted for. */
export const accountOf = (id: Id<'usr'>, person: Person, chosen: () => ChosenOrganisation | undefined): Account => ({
  accountId: id,
  claims: async () => ({ ...claimsOf(id, person), ...chosen() }),
})

/** Those that a userinfo answer may hold. */
export function claimsWithin(scopes: ReadonlySet<string>, id: Id<'usr'>, person: Person): Record<string, unknown> {
  const allowed = Object.entries(claimsByScope).flatMap(([scope, names]) => (scopes.has(scope) ? [...names] : []))
  const names = new Set<string>(allowed)
  return Object.fromEntries(Object.entries(claimsOf(id, person)).filter(([name]) => names.has(name)))
}

/** Beside what RFC 9068 has in every access token: how and when the person signed in, and in which session. */
export function signInClaims({ oidc }: EngineContext, token: Token): Record<string, unknown> | undefined {
  const source = oidc.entities.RefreshToken ?? oidc.entities.AuthorizationCode
  if (!token.accountId || !source) return undefined
  const claims = { sid: source.sid, auth_time: source.authTime, acr: source.acr, amr: source.amr }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}
