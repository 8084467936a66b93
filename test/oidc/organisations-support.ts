import { decodeJwt } from 'jose'
import { instanceAuthority } from '../../src/access/authority.ts'
import type { ActorContext } from '../../src/audit/actor.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import type { Tx } from '../../src/db/types.ts'
import type { Id } from '../../src/lib/ids.ts'
import type { Policy } from '../../src/orgs/policy/policy.ts'
import { arranging } from '../support/event-guard.ts'
import { askToken, authorization, type Browser, codeFor, type House, redeem } from './support.ts'

export const by: ActorContext = { actor: { kind: 'operator', id: 'test' } }

/** Unwraps what must have worked. */
export function must<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}

export const audience = 'https://invoices.example/api'

/** An API whose scopes follow Monetro's roles, and organisations that use them. */
export async function invoicing(house: House) {
  const { access, orgs } = house.companies
  const applied = must(await access.apply(by, 'monetro', audience))
  const api = (await house.apis.list()).find((one) => one.audience === audience)
  if (!api) throw new Error('the template made no API')
  let companies = 0
  return {
    applied,
    api,
    client: (input: Partial<Parameters<House['addClient']>[0]> = {}) => house.addClient({ apis: [audience], ...input }),
    company: async (
      members: readonly (readonly [Id<'usr'> | Id<'sva'>, ...string[]])[],
      { slug = `company-${++companies}`, policy }: { slug?: string; policy?: Policy } = {},
    ) => {
      const made = must(await orgs.organisations.create(by, { slug, name: `The ${slug}`, template: 'monetro' }))
      for (const [member, ...roles] of members)
        must(await orgs.memberships.add(by, instanceAuthority, made.id, member, roles))
      if (policy) must(await orgs.organisations.update(by, instanceAuthority, made.id, { policy }))
      return made
    },
  }
}

interface Tokens {
  readonly access: string
  readonly refresh: string
  readonly id: string
  readonly claims: Record<string, unknown>
  readonly body: Record<string, unknown>
}

export const tokensIn = (body: Record<string, string | undefined> & { expires_in?: number }): Tokens => {
  const access = body['access_token']
  if (!access) throw new Error(`no token: ${JSON.stringify(body)}`)
  return {
    access,
    refresh: body['refresh_token'] ?? '',
    id: body['id_token'] ?? '',
    claims: decodeJwt(access),
    body,
  }
}

type Client = Awaited<ReturnType<House['addClient']>>
type Parameters_ = { browser?: Browser } & Record<string, string | Browser | undefined>

/** All the way: signed in, chosen, redeemed. */
export async function signIn(house: House, client: Client, parameters: Parameters_ = {}): Promise<Tokens> {
  const code = await codeFor(house, client, {
    resource: audience,
    scope: 'openid invoices:read invoices:write',
    ...parameters,
  })
  return tokensIn((await redeem(house, client, code)).body)
}

/** Where the browser ends up, with whatever the client is told. */
export async function refusedSignIn(
  house: House,
  client: Client,
  parameters: Parameters_ = {},
): Promise<URLSearchParams> {
  const { browser = house.browser(), ...rest } = parameters
  const { url } = await authorization(house, {
    clientId: client.id,
    resource: audience,
    scope: 'openid invoices:read',
    ...(rest as Record<string, string>),
  })
  return (await browser.signIn(url)).searchParams
}

export const refresh = (house: House, client: Client, token: string, more: Record<string, string> = {}) =>
  askToken(house, client, { grant_type: 'refresh_token', refresh_token: token, ...more })

export async function introspect(house: House, client: Client, token: string, more: Record<string, string> = {}) {
  const answer = await fetch(new URL('/oauth/introspect', house.url), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: new URLSearchParams({ token, ...more }),
  })
  return {
    status: answer.status,
    statusText: answer.statusText,
    body: (await answer.json()) as Record<string, unknown>,
  }
}

/** What no service does yet. */
export const arranged = (house: House, work: (tx: Tx) => Promise<void>): Promise<void> =>
  inTransaction(house.services.database.owner, async (tx) => {
    await arranging(tx)
    await work(tx)
  })
