import type { Provider } from 'oidc-provider'
import { type UsedJwts, usedJwtHash } from '../replay/used-jwts.ts'

/**
 * The engine looks whether a JWT was there before and then writes that it was: of ten that come at once, ten find nothing. Here
 * one statement does both.
 */
export function onceOverAllInstances(provider: Provider, usedJwts: UsedJwts): void {
  provider.ReplayDetection.unique = (by, jti, exp) =>
    usedJwts.take(usedJwtHash('engine', by, jti), new Date(exp * 1000))
}
