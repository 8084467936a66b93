import type { Client } from '../../oidc/clients/client.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

/** `secretSet` and never the secret: what was shown once is nowhere. */
export const facts = (client: Client) => ({
  clientId: client.id,
  name: client.name,
  type: client.type,
  uri: client.uri,
  redirectUris: client.redirectUris,
  postLogoutRedirectUris: client.postLogoutRedirectUris,
  grantTypes: client.grantTypes,
  firstParty: client.firstParty,
  organisations: client.organisations,
  mfa: client.mfa,
  apis: client.apis.map(({ audience }) => audience),
  serviceAccount: client.serviceAccount,
  secretSet: client.secretHash !== null,
  disabled: client.disabledAt !== null,
  createdAt: client.createdAt,
})

export function describeClients(clients: readonly Client[], more: boolean): Output {
  const rows = clients.map(({ id, type, disabledAt, name, redirectUris, serviceAccount }) => [
    id,
    type,
    disabledAt ? 'disabled' : 'enabled',
    name,
    serviceAccount ?? '',
    redirectUris,
  ])
  const heads = ['ID', 'TYPE', 'STATE', 'NAME', 'ACTS AS', 'REDIRECT URIS']
  return {
    text:
      clients.length === 0
        ? 'There is no client yet.'
        : [table(heads, rows), ...(more ? ['', `There are more: add --after ${clients.at(-1)?.id}`] : [])].join('\n'),
    json: { clients: clients.map(facts), more },
  }
}

export const describeChange = (text: string, client: Client): Output => ({ text, json: facts(client) })
