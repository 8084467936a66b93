import { writeDuration } from '../../config/values/quantity.ts'
import type { Client, ClientSecret } from '../../oidc/clients/client.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

/** `secretSet` and hints, never the secret: what was shown once is nowhere. */
export const facts = ({ id, secrets, disabledAt, registrationHash, apis, ...client }: Client) => ({
  clientId: id,
  ...client,
  apis: apis.map(({ audience }) => audience),
  apiGrants: apis,
  secretSet: secrets.length > 0,
  secrets: secrets.map(factsOfSecret),
  registeredItself: registrationHash !== null,
  disabled: disabledAt !== null,
})

const factsOfSecret = ({ id, hint, createdAt, expiresAt }: ClientSecret) => ({ id, hint, createdAt, expiresAt })

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

interface Warned {
  readonly detail: string
  readonly cure: string
}

/** With what would be refused if it were registered today. */
export const withWarnings = ({ text, ...rest }: Output, client: Client, warnings: readonly Warned[]): Output =>
  warnings.length === 0
    ? { text, ...rest }
    : {
        ...rest,
        text: [
          text,
          '',
          'Older than a rule, and left as it is:',
          ...warnings.flatMap(({ detail, cure }) => [`  ${detail}`, `  → ${cure}`]),
        ].join('\n'),
        json: { ...facts(client), warnings },
      }

export const describeChange = (text: string, client: Client): Output => ({ text, json: facts(client) })

const lifetime = (seconds: number | null): string | null => (seconds === null ? null : writeDuration(seconds * 1000))

/** What is said of it; what is as everywhere is left out. */
export function describeClient(client: Client, now: Date): Output {
  const yes = (is: boolean, text: string) => (is ? text : null)
  const lines: (readonly [string, string | readonly string[] | null])[] = [
    ['client id', client.id],
    ['name', client.name],
    ['type', client.type],
    ['state', client.disabledAt ? `disabled since ${client.disabledAt.toISOString()}` : 'enabled'],
    ['whose', client.firstParty ? 'ours: nobody is asked' : 'somebody else’s: people are asked'],
    ['grants', client.grantTypes.map((grant) => grant.replace(/^urn:ietf:params:oauth:grant-type:/, ''))],
    ['proves itself by', client.authMethod],
    ['secrets', client.secrets.map((secret) => describeSecret(secret, now))],
    ['keys', client.jwks?.keys.map(({ kty, kid }) => `${kty} ${typeof kid === 'string' ? kid : ''}`.trim()) ?? null],
    ['keys at', client.jwksUri],
    ['certificate', client.tlsSubject],
    ['redirect URIs', client.redirectUris],
    ['after a sign-out', client.postLogoutRedirectUris],
    ['told of sign-outs', client.backchannelLogoutUri],
    ['origins', client.origins],
    ['home', client.uri],
    ['logo', client.logoUri],
    ['policy', client.policyUri],
    ['terms', client.termsUri],
    ['APIs', client.apis.map(describeGrant)],
    ['acts as', client.serviceAccount],
    ['organisations', client.organisations],
    ['asks for factors', client.mfa],
    ['access tokens', lifetime(client.accessTokenTtl)],
    ['refresh, idle', lifetime(client.refreshIdleTtl)],
    ['refresh, in all', lifetime(client.refreshAbsoluteTtl)],
    ['subjects', client.subjectType === 'pairwise' ? `pairwise, for ${client.sector}` : null],
    ['pushed requests', yes(client.requiresPar, 'required')],
    ['signed requests', yes(client.requiresSignedRequest, 'required')],
    ['tokens bound by', client.tokenBinding === 'none' ? null : client.tokenBinding],
    ['PKCE', client.pkce === 'required' ? null : client.pkce],
    ['profile', client.profile],
    ['registered', yes(client.registrationHash !== null, 'by itself')],
    ['created', client.createdAt.toISOString()],
  ]
  const rows = lines.flatMap(([name, value]) =>
    value === null || value.length === 0 ? [] : [[name, typeof value === 'string' ? [value] : value] as const],
  )
  const width = Math.max(...rows.map(([name]) => name.length)) + 2
  const text = rows.flatMap(([name, values]) =>
    values.map((value, index) => `${(index === 0 ? name : '').padEnd(width)}${value}`),
  )
  return { text: text.join('\n'), json: facts(client) }
}

const describeGrant = ({ audience, scopes, onBehalf }: Client['apis'][number]): string =>
  `${audience}  ${scopes === null ? 'all its scopes' : scopes.join(' ')}${onBehalf ? ', also on behalf of people' : ''}`

export function describeSecret({ id, hint, createdAt, expiresAt }: ClientSecret, now: Date): string {
  const end =
    expiresAt === null
      ? 'until it is taken away'
      : `${expiresAt <= now ? 'expired' : 'until'} ${expiresAt.toISOString()}`
  return `${id}  ${hint === '' ? '(older)' : `…${hint}`}  since ${createdAt.toISOString()}, ${end}`
}
