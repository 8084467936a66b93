import { findUnit } from '../unit/units.ts'

/** Of a token that is handed on: who holds it, with what it began so that whoever validates offline hears of its end, and no permission that the one had not that was shown. */
export function handedOn<C extends { readonly permissions?: readonly string[] }>(claims: C): C {
  const onBehalf = findUnit()?.onBehalf
  if (!onBehalf) return claims
  const { act, origin, most } = onBehalf
  const permissions = claims.permissions?.filter((permission) => most.has(permission))
  return { ...claims, ...(permissions && { permissions }), act, origin_client_id: origin }
}
