import type { Client } from '../client.ts'
import { checkRedirectUri } from '../redirect-uri.ts'
import { type Bounds, type RedirectUriRefusal, rule } from './rule.ts'

export const sentBackRule = rule(['grantTypes', 'redirectUris'], ({ grantTypes, redirectUris }) =>
  grantTypes.includes('authorization_code') && redirectUris.length === 0 ? { reason: 'no-redirect-uri' } : undefined,
)

const LISTS = ['redirectUris', 'postLogoutRedirectUris'] as const
const READS = ['type', ...LISTS] as const
type Addressed = Pick<Client, (typeof READS)[number]>

/** One that is registered already stands, whatever is added beside it. */
function addressFault(client: Addressed, _: Bounds, before: Addressed | undefined): RedirectUriRefusal | undefined {
  for (const name of LISTS)
    for (const uri of client[name]) {
      const checked = checkRedirectUri(client.type, uri)
      const isOlder = before?.type === client.type && before[name].includes(uri)
      if (!checked.ok && !isOlder) return { reason: 'redirect-uri', uri, fault: checked.error }
    }
  return undefined
}

export const addressRule = rule(READS, addressFault)
