import { decodeJwt, type JWTPayload } from 'jose'
import { TOKEN_EXCHANGE } from '../../../src/oidc/clients/client.ts'
import { askToken, codeFor, type House, redeem } from '../support.ts'

export const invoices = 'https://invoices.example/api'
export const payments = 'https://payments.example/api'
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

interface Credentials {
  readonly id: string
  readonly secret?: string | undefined
}

/** People sign in to `web` for the invoices; their back end may call the payments in their name. */
export async function twoServices(house: House) {
  const ada = await house.addPerson()
  await house.addApi({ audience: invoices, name: 'Invoices', scopes: ['money:read', 'money:write', 'invoices:send'] })
  await house.addApi({ audience: payments, name: 'Payments', scopes: ['money:read', 'money:write', 'payments:make'] })
  const web = await house.addClient({ apis: [invoices] })
  const backEnd = await house.addClient({
    name: 'Invoices, the back end',
    type: 'service',
    redirectUris: [],
    postLogoutRedirectUris: [],
    firstParty: false,
    organisations: 'off',
    apis: [
      { audience: invoices, scopes: null, onBehalf: false },
      { audience: payments, scopes: null, onBehalf: true },
    ],
  })
  return { ada, web, backEnd }
}

interface Asked {
  readonly scope?: string
  readonly resource?: string
}

/** A token of whoever the stand-in signs in. */
export async function tokenOf(
  house: House,
  client: Credentials,
  {
    scope = 'openid money:read',
    resource = invoices,
    ...more
  }: NonNullable<Parameters<typeof codeFor>[2]> & Asked = {},
): Promise<string> {
  const { body } = await redeem(house, client, await codeFor(house, client, { scope, resource, ...more }), { resource })
  const token = body['access_token']
  if (!token) throw new Error(`no token: ${JSON.stringify(body)}`)
  return token
}

export const exchange = (
  house: Pick<House, 'url'>,
  client: Credentials,
  subject: string,
  more: Record<string, string> = {},
) =>
  askToken(house, client, {
    grant_type: TOKEN_EXCHANGE,
    subject_token: subject,
    subject_token_type: ACCESS_TOKEN,
    resource: payments,
    ...more,
  })

export async function exchanged(
  ...args: Parameters<typeof exchange>
): Promise<{ readonly token: string; readonly claims: JWTPayload; readonly body: Record<string, unknown> }> {
  const { body } = await exchange(...args)
  const token = body['access_token']
  if (!token) throw new Error(`no token: ${JSON.stringify(body)}`)
  return { token, claims: decodeJwt(token), body }
}

export async function introspect(house: House, client: Credentials, token: string): Promise<Record<string, unknown>> {
  const answer = await fetch(new URL('/oauth/introspect', house.url), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: new URLSearchParams({ token }),
  })
  return (await answer.json()) as Record<string, unknown>
}
