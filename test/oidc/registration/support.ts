import { registryOf } from '../../../src/instance/registry.ts'
import type { NewRegistrationToken } from '../../../src/oidc/registration/tokens.ts'
import { arranging, type House, openHouse } from '../support.ts'

export const openRegistration = (): Promise<House> => openHouse({ clients: { dynamicRegistration: 'token' } })

export const tokensOf = ({ config, services, clock }: House) =>
  registryOf({ config, services, clock }).registrationTokens

export async function initialToken(house: House, input: Partial<NewRegistrationToken> = {}) {
  const made = await tokensOf(house).create(arranging, {
    name: 'Partner',
    expiresAt: null,
    uses: 1,
    allowsPrograms: false,
    ...input,
  })
  if (!made.ok) throw new Error(made.error)
  return { id: made.value.token.id, token: made.value.secret.reveal() }
}

export const application = {
  client_name: 'Partner app',
  redirect_uris: ['https://partner.example/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
} as const

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Headers
}

interface Asked {
  readonly method?: string
  readonly token?: string | undefined
  readonly body?: unknown
}

export async function ask(at: string | URL, { method = 'POST', token, body }: Asked): Promise<Answer> {
  const answer = await fetch(at, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    headers: answer.headers,
  }
}

export const register = (house: House, token: string | undefined, body: unknown = application): Promise<Answer> =>
  ask(new URL('/oauth/register', house.url), { token, body })

export interface Entry {
  readonly id: string
  readonly at: string
  readonly token: string
  readonly body: Record<string, unknown>
}

/** One that stands. */
export async function registered(house: House, body: unknown = application, input: Partial<NewRegistrationToken> = {}) {
  const { token } = await initialToken(house, input)
  const made = await register(house, token, body)
  if (made.status !== 201) throw new Error(`refused: ${JSON.stringify(made.body)}`)
  return entryIn(made)
}

export const entryIn = ({ body }: Answer): Entry => ({
  id: String(body['client_id']),
  at: String(body['registration_client_uri']),
  token: String(body['registration_access_token']),
  body,
})
