import type { Client } from '../../oidc/clients/client.ts'
import type { Output } from '../output.ts'

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
  apis: client.apis.map(({ audience }) => audience),
  secretSet: client.secretHash !== null,
  disabled: client.disabledAt !== null,
  createdAt: client.createdAt,
})

export function describeClients(clients: readonly Client[], more: boolean): Output {
  const widest = Math.max(2, ...clients.map(({ id }) => id.length))
  const lines = clients.map(({ id, type, disabledAt, name, redirectUris }) =>
    [id.padEnd(widest), type.padEnd(12), (disabledAt ? 'disabled' : 'enabled').padEnd(8), name, ...redirectUris].join(
      '  ',
    ),
  )
  const head = `${'ID'.padEnd(widest)}  ${'TYPE'.padEnd(12)}  ${'STATE'.padEnd(8)}  NAME AND ADDRESSES`
  return {
    text:
      clients.length === 0
        ? 'There is no client yet.'
        : [head, ...lines, ...(more ? ['', `There are more: add --after ${clients.at(-1)?.id}`] : [])].join('\n'),
    json: { clients: clients.map(facts), more },
  }
}

export const describeChange = (text: string, client: Client): Output => ({ text, json: facts(client) })
