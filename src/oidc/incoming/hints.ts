import type { Provider } from 'oidc-provider'
import { isCanonicalJwt, isOfType, typOf } from './jwt-shape.ts'

/**
 * An `id_token_hint` may have expired, so its type is what keeps other things that we sign for the same client (a logout
 * token, an introspection answer) from being one.
 */
export function hintsAreIdTokens({ IdToken }: Provider): void {
  const validate = IdToken.validate.bind(IdToken)
  IdToken.validate = async (jwt, client) => {
    if (!isCanonicalJwt(jwt) || !isOfType(typOf(jwt), undefined)) throw new TypeError('not an ID token')
    return validate(jwt, client)
  }
}
