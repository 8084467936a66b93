import type { AdapterPayload } from 'oidc-provider'
import type { Client } from '../clients/client.ts'
import { recordOf } from '../engine/engine-clients.ts'
import type { Unit } from '../unit/unit.ts'

/**
 * Who uses this very token at this moment. The engine looks refresh tokens up for other reasons too (introspection,
 * revocation), and those are no use.
 */
export function refreshingClient({ engine }: Unit, token: string): Client | undefined {
  const { route, params, client } = engine?.oidc ?? {}
  const isUse = route === 'token' && params?.['grant_type'] === 'refresh_token' && params['refresh_token'] === token
  return isUse && client ? recordOf(client) : undefined
}

/** A token for another organisation than that of the refresh token. */
export const isSwitch = ({ engine }: Unit): boolean => {
  const asked = engine?.oidc?.body?.['organization']
  return asked !== undefined && asked !== ''
}

/** RFC 6749 §6: all scopes of the token, or those of them that are named. */
export function asksForIdToken({ engine }: Unit, token: AdapterPayload): boolean {
  const scope = engine?.oidc?.params?.['scope'] ?? token['scope']
  return typeof scope === 'string' && scope.split(' ').includes('openid')
}
