import type { Grant, Interaction } from 'oidc-provider'
import { z } from 'zod'
import { type Agreed, NOTHING, scopesAt, together } from '../../consents/agreed.ts'
import { contentOf } from '../grants.ts'

const missing = z.looseObject({
  missingOIDCScope: z.array(z.string()).default([]),
  missingOIDCClaims: z.array(z.string()).default([]),
  missingResourceScopes: z.record(z.string(), z.array(z.string())).default({}),
  missingApis: z.array(z.string()).default([]),
})

const request = z.looseObject({
  scope: z.string().default(''),
  claims: z.unknown().optional(),
  resource: z.union([z.string(), z.array(z.string())]).default([]),
})

const claimNames = z
  .looseObject({ id_token: z.looseObject({}).nullish(), userinfo: z.looseObject({}).nullish() })
  .transform(({ id_token, userinfo }) => [...Object.keys(id_token ?? {}), ...Object.keys(userinfo ?? {})])

/**
 * All that the request asks for: what the engine found missing, and what the session's grant has of it already. It is what
 * the page shows, and exactly that is agreed to.
 */
export function askedBy({ prompt, params }: Interaction, grant: Grant | undefined): Agreed {
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes, missingApis } = missing.parse(prompt.details)
  const bare = Object.fromEntries(missingApis.map((audience) => [audience, []]))
  const lacks = {
    scopes: missingOIDCScope,
    claims: missingOIDCClaims,
    resources: { ...bare, ...missingResourceScopes },
  }
  const { scope, claims, resource } = request.parse(params)
  const wanted = scope.split(' ')
  const held = grant ? contentOf(grant) : NOTHING
  const isWanted = (name: string) => wanted.includes(name)
  const wantedClaims = claimsIn(claims)
  const has = {
    scopes: held.scopes.filter(isWanted),
    claims: held.claims.filter((claim) => wantedClaims.includes(claim)),
    resources: Object.fromEntries(
      Object.keys(held.resources)
        .filter((audience) => [resource].flat().includes(audience) || scopesAt(held, audience).some(isWanted))
        .map((audience) => [audience, scopesAt(held, audience).filter(isWanted)]),
    ),
  }
  return together(has, lacks)
}

/** As the engine has taken it: a text of JSON, or what was read from one. */
function claimsIn(given: unknown): readonly string[] {
  if (typeof given !== 'string') return claimNames.catch([]).parse(given)
  try {
    return claimNames.catch([]).parse(JSON.parse(given))
  } catch {
    return []
  }
}
