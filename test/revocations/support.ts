import { decodeJwt, decodeProtectedHeader } from 'jose'
import { sha256 } from '../../src/lib/hash.ts'
import { createRevocationReader } from '../../src/sdk/revocations.ts'
import { askToken, type House } from '../oidc/support.ts'

export interface Entry {
  /** These two for a program of the operator's alone. */
  readonly id?: string
  readonly reason?: string
  readonly before: number
  readonly exp: number
  readonly claims: Record<string, string>
}

export interface Answer {
  readonly iss: string
  readonly aud: string
  readonly iat: number
  readonly exp: number
  readonly seq: number
  readonly after?: string
  readonly next: string
  readonly more: boolean
  readonly entries: readonly Entry[]
}

interface Asking {
  readonly token: string | undefined
  readonly api?: string
  readonly after?: string
  readonly limit?: string
}

/** A program that reads the list, as any could that has an HTTP client. */
export async function programOf(house: House, more: Parameters<House['addClient']>[0] = {}) {
  const client = await house.addClient({
    name: 'Back end',
    type: 'service',
    redirectUris: [],
    postLogoutRedirectUris: [],
    ...more,
  })
  const tokenFor = async (resource: string) =>
    (await askToken(house, client, { grant_type: 'client_credentials', resource })).body['access_token']
  const token = await tokenFor(house.issuer)
  return { client, token, tokenFor, ask: (asking: Omit<Asking, 'token'>) => told(house, { token, ...asking }) }
}

export function ask(house: House, { token, ...parameters }: Asking): Promise<Response> {
  const url = new URL('/oauth/revocations', house.url)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return fetch(url, { headers: token ? { authorization: `Bearer ${token}` } : {} })
}

async function told(house: House, asking: Asking) {
  const answer = await ask(house, asking)
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${answer.status}: ${text}`)
  return { text, header: decodeProtectedHeader(text), headers: answer.headers, ...decodeJwt<Answer>(text) }
}

export const hashed = (api: string, claim: string, value: string): string =>
  sha256(`${claim} ${api} ${value}`).toString('base64url')

/** What a back end with the SDK says of tokens, once it has heard all that there is. */
export async function heardBy(
  house: House,
  client: { readonly id: string; readonly secret: string | undefined },
  api: string,
) {
  const { id: clientId, secret: clientSecret = '' } = client
  const reader = createRevocationReader({ issuer: house.issuer, api, clientId, clientSecret, clock: house.clock })
  await reader.ready()
  reader.stop()
  return reader.isRevoked
}
