/** What somebody agrees to: about themselves, and what may be done in their name at APIs. */
export interface Agreed {
  /** Of OpenID Connect. */
  readonly scopes: readonly string[]
  /** That were asked for one by one. */
  readonly claims: readonly string[]
  /** Audience → scopes there; none where the application is known there in the person's name, and that is all. */
  readonly resources: Readonly<Record<string, readonly string[]>>
}

export const NOTHING: Agreed = { scopes: [], claims: [], resources: {} }

const union = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])]
const difference = (one: readonly string[], other: readonly string[]): string[] =>
  one.filter((item) => !other.includes(item))

const isWithin = (one: readonly string[], other: readonly string[]): boolean => difference(one, other).length === 0

const isAt = ({ resources }: Agreed, audience: string): boolean => Object.hasOwn(resources, audience)

const audiences = (...many: readonly Agreed[]): string[] => [
  ...new Set(many.flatMap(({ resources }) => Object.keys(resources))),
]

/** An audience is typed by strangers, too: what every object has by nature is nobody's scope. */
export const scopesAt = ({ resources }: Agreed, audience: string): readonly string[] =>
  Object.hasOwn(resources, audience) ? (resources[audience] ?? []) : []

const perAudience = (of: readonly string[], scopes: (audience: string) => string[]) =>
  Object.fromEntries(of.map((audience) => [audience, scopes(audience)] as const))

export const together = (one: Agreed, other: Agreed): Agreed => ({
  scopes: union(one.scopes, other.scopes),
  claims: union(one.claims, other.claims),
  resources: perAudience(audiences(one, other), (audience) =>
    union(scopesAt(one, audience), scopesAt(other, audience)),
  ),
})

/** What of it is not among the other. */
export const beyond = (asked: Agreed, agreed: Agreed): Agreed => ({
  scopes: difference(asked.scopes, agreed.scopes),
  claims: difference(asked.claims, agreed.claims),
  resources: perAudience(
    audiences(asked).filter(
      (audience) => !isAt(agreed, audience) || !isWithin(scopesAt(asked, audience), scopesAt(agreed, audience)),
    ),
    (audience) => difference(scopesAt(asked, audience), scopesAt(agreed, audience)),
  ),
})

export const isNothing = ({ scopes, claims, resources }: Agreed): boolean =>
  scopes.length === 0 && claims.length === 0 && Object.keys(resources).length === 0

export const covers = (agreed: Agreed, asked: Agreed): boolean => isNothing(beyond(asked, agreed))
