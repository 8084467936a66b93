import { decodeJwt } from 'jose'
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import type { Id } from '../../src/lib/ids.ts'
import { ask, programOf } from '../revocations/support.ts'
import { everythingHeard } from '../support/heard.ts'
import { statementsDuring } from '../support/statements.ts'
import {
  arranged,
  audience,
  by,
  introspect,
  invoicing,
  must,
  refresh,
  refusedSignIn,
  signIn,
  tokensIn,
} from './organisations-support.ts'
import { askToken, authorization, codeFor, type House, openHouse, openSharedHouse, redeem } from './support.ts'

const wordsOf = (answer: URLSearchParams | undefined) => answer?.get('error_description')?.replace(/ \(request .*/, '')

let house: House
let invoices: Awaited<ReturnType<typeof invoicing>>
beforeAll(async () => {
  house = await openSharedHouse()
  invoices = await invoicing(house)
  return () => house.close()
})

const roleChange = (
  org: Parameters<House['companies']['orgs']['memberships']['setRoles']>[2],
  who: Parameters<House['companies']['orgs']['memberships']['setRoles']>[3],
  ...roles: string[]
) => house.companies.orgs.memberships.setRoles(by, instanceAuthority, org, who, roles)

describe('[STO-6] [TOS-3] a token for somebody with organisations', () => {
  it('says which one it is for, their roles there and what these may do at that API, and nothing of another one', async () => {
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'viewer']], { slug: 'acme' })
    const other = await invoices.company([[ada.id, 'admin']])
    const { claims, id } = await signIn(house, await invoices.client(), { organization: 'acme' })
    expect(claims).toMatchObject({
      sub: ada.id,
      org_id: acme.id,
      org: 'acme',
      roles: ['viewer'],
      permissions: ['customers:read', 'invoices:read', 'payments:read', 'reports:read'],
      scope: 'invoices:read',
      quota: { organisation: 1000 },
    })
    expect(JSON.stringify(claims)).not.toContain(other.id)
    expect(decodeJwt(id)).toMatchObject({ org_id: acme.id, org: 'acme' })
  })

  it('holds no permission that the application may not use', async () => {
    const ada = await house.addPerson()
    await invoices.company([[ada.id, 'admin']])
    const client = await invoices.client()
    await arranged(house, async (tx) => {
      await sql`UPDATE oidc_client_apis SET scopes = '{invoices:read}' WHERE client_id = ${client.id}`.execute(tx)
      await sql`SELECT pg_notify('hearthkey_clients', ${client.id})`.execute(tx)
    })
    const { claims } = await signIn(house, client)
    expect(claims).toMatchObject({ permissions: ['invoices:read'], scope: 'invoices:read' })
  })

  it('is for the only one without a question, and for none where there is none', async () => {
    const ada = await house.addPerson()
    const client = await invoices.client()
    const { claims } = await signIn(house, client, { scope: 'openid invoices:read' })
    expect(claims).not.toHaveProperty('org_id')
    // What roles give, nobody has without a role.
    expect(claims).not.toHaveProperty('scope')
    const acme = await invoices.company([[ada.id, 'viewer']])
    expect((await signIn(house, client)).claims).toMatchObject({ org_id: acme.id })
  })

  it('says nothing of organisations to an application that works without them', async () => {
    const ada = await house.addPerson()
    await invoices.company([[ada.id, 'viewer']])
    const { claims } = await signIn(house, await invoices.client({ organisations: 'off' }))
    expect(claims).not.toHaveProperty('org_id')
  })

  it('is not given for an application that needs one, where there is none', async () => {
    await house.addPerson()
    const answer = await refusedSignIn(house, await invoices.client({ organisations: 'required' }))
    expect(answer.get('error')).toBe('access_denied')
  })

  it('is not issued when it would not fit into a header, and the error says the cure', async () => {
    const narrow = await openHouse({ tokens: { largestClaims: 300 } })
    const { client, company } = await invoicing(narrow)
    const ada = await narrow.addPerson()
    const members = [ada.id, (await narrow.addPerson()).id].map((id) => [id, 'admin'] as const)
    const acme = await company(members)
    narrow.signInAs(ada.id)
    const application = await client()
    const code = await codeFor(narrow, application, { resource: audience, scope: 'openid invoices:read' })
    const { status, body } = await redeem(narrow, application, code)
    expect([status, body['error']]).toEqual([400, 'invalid_target'])
    expect(body['error_description']).toMatch(/300 are allowed .* fewer permissions/)
    // Nothing of the refused request is left: with fewer roles the same code is good.
    must(await narrow.companies.orgs.memberships.setRoles(by, instanceAuthority, acme.id, ada.id, ['viewer']))
    expect((await redeem(narrow, application, code)).status).toBe(200)
  })
})

describe('the choice of an organisation', () => {
  it('is asked for once in an application, and remembered there', async () => {
    const ada = await house.addPerson()
    await invoices.company([[ada.id, 'viewer']])
    const second = await invoices.company([[ada.id, 'admin']])
    house.choose(second.id)
    const [client, elsewhere] = [await invoices.client(), await invoices.client()]
    const browser = house.browser()
    expect((await signIn(house, client, { browser })).claims).toMatchObject({ org_id: second.id })
    const silent = await refusedSignIn(house, client, { browser, prompt: 'none' })
    expect(silent.get('error')).toBeNull()
    expect((await refusedSignIn(house, elsewhere, { browser, prompt: 'none' })).get('error')).toBe(
      'interaction_required',
    )
  })

  it('is not taken for one that somebody does not belong to', async () => {
    const ada = await house.addPerson()
    await invoices.company([[ada.id, 'viewer']])
    await invoices.company([[ada.id, 'viewer']])
    const foreign = await invoices.company([])
    house.choose(foreign.id)
    const { url } = await authorization(house, { clientId: (await invoices.client()).id, resource: audience })
    await expect(house.browser().signIn(url)).rejects.toThrow(/410|gone|over/)
  })

  it('[threat 28] is refused in the same words for a foreign organisation and for one that does not exist', async () => {
    const ada = await house.addPerson()
    await invoices.company([[ada.id, 'admin']])
    const foreign = await invoices.company([])
    const client = await invoices.client()
    const answers = await Promise.all(
      [foreign.slug, foreign.id, 'nobody-here', 'org_', 'A B'].map((organization) =>
        refusedSignIn(house, client, { organization }),
      ),
    )
    for (const answer of answers) {
      expect(answer.get('error')).toBe('access_denied')
      expect(wordsOf(answer)).toBe(wordsOf(answers[0]))
      expect(answer.get('code')).toBeNull()
    }
  })
})

describe('the switch to another company', () => {
  async function inTwo(at = house, { company, client: application } = invoices) {
    const ada = await at.addPerson()
    const first = await company([[ada.id, 'viewer']])
    const second = await company([[ada.id, 'admin']])
    const client = await application()
    const tokens = await signIn(at, client, { organization: first.slug })
    return { ada, first, second, client, tokens }
  }

  it('is a refresh that names it: a token with only the roles there, and the default stays as it was', async () => {
    const { first, second, client, tokens, ada } = await inTwo()
    const switched = tokensIn((await refresh(house, client, tokens.refresh, { organization: second.slug })).body)
    expect(switched.claims).toMatchObject({ org_id: second.id, roles: ['admin'] })
    expect(switched.claims['permissions']).toContain('invoices:delete')
    const back = tokensIn((await refresh(house, client, switched.refresh)).body)
    expect(back.claims).toMatchObject({ org_id: first.id, roles: ['viewer'] })
    const [event] = await house
      .events('organisation.switched')
      .then((all) => all.filter(({ actor_id }) => actor_id === ada.id))
    expect(event).toMatchObject({ target_id: second.id, after: { client: client.id } })
    // Its log is read by whoever works there: where else somebody does, is nothing of theirs (threat 28).
    expect(JSON.stringify(event)).not.toMatch(new RegExp(`${first.id}|${first.slug}`))
  })

  it('to a foreign one is refused, and costs neither the refresh token nor the session', async () => {
    const { first, client, tokens } = await inTwo()
    const foreign = await invoices.company([])
    for (const organization of [foreign.slug, foreign.id, 'nobody-here']) {
      const { status, body } = await refresh(house, client, tokens.refresh, { organization })
      expect([status, body['error']]).toEqual([400, 'invalid_target'])
    }
    expect(tokensIn((await refresh(house, client, tokens.refresh)).body).claims).toMatchObject({ org_id: first.id })
  })

  it('is judged by the policy of that company, and the error says which sign-in it takes', async () => {
    const later = await openHouse()
    const { second, client, tokens, first } = await inTwo(later, await invoicing(later))
    must(
      await later.companies.orgs.organisations.update(by, instanceAuthority, second.id, {
        policy: { sessionMaxAge: 600 },
      }),
    )
    later.clock.advance(601_000)
    const { status, body } = await refresh(later, client, tokens.refresh, { organization: second.id })
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'insufficient_user_authentication', max_age: 600 })
    expect(tokensIn((await refresh(later, client, tokens.refresh)).body).claims).toMatchObject({ org_id: first.id })
  })
})

describe('a company that lets nobody in from there', () => {
  const elsewhere = { ipRanges: ['203.0.113.0/24'] }

  it('is switched to by nobody', async () => {
    const ada = await house.addPerson()
    const first = await invoices.company([[ada.id, 'viewer']])
    const shut = await invoices.company([[ada.id, 'viewer']], { policy: elsewhere })
    const client = await invoices.client()
    const tokens = await signIn(house, client, { organization: first.slug })
    expect((await refresh(house, client, tokens.refresh, { organization: shut.slug })).body['error']).toBe(
      'invalid_target',
    )
    must(await house.companies.orgs.organisations.update(by, instanceAuthority, first.id, { policy: elsewhere }))
    expect((await refresh(house, client, tokens.refresh)).body['error']).toBe('invalid_target')
  })

  it('shuts nobody out of an application that they use without it, or for another company', async () => {
    const ada = await house.addPerson()
    await invoices.company([[ada.id, 'viewer']], { policy: elsewhere })
    const client = await invoices.client()
    expect((await signIn(house, client)).claims).not.toHaveProperty('org_id')
    const second = await invoices.company([[ada.id, 'viewer']])
    const third = await invoices.company([[ada.id, 'viewer']])
    house.choose(third.id)
    const browser = house.browser()
    await signIn(house, client, { browser })
    must(await house.companies.orgs.organisations.update(by, instanceAuthority, third.id, { policy: elsewhere }))
    house.choose(second.id)
    expect((await signIn(house, client, { browser })).claims).toMatchObject({ org_id: second.id })
  })
})

describe('the policy of an organisation', () => {
  it('keeps out whoever comes from elsewhere', async () => {
    const ada = await house.addPerson()
    const near = await invoices.company([[ada.id, 'viewer']], { policy: { ipRanges: ['127.0.0.0/8', '::1/128'] } })
    const far = await invoices.company([[ada.id, 'viewer']], { policy: { ipRanges: ['203.0.113.0/24'] } })
    const client = await invoices.client()
    expect((await signIn(house, client, { organization: near.slug })).claims).toMatchObject({ org_id: near.id })
    const refused = await refusedSignIn(house, client, { organization: far.slug })
    expect(refused.get('error')).toBe('access_denied')
    expect(refused.get('error_description')).toMatch(/network address/)
  })

  it('asks for a new sign-in where the one there is is too old', async () => {
    const later = await openHouse()
    const its = await invoicing(later)
    const ada = await later.addPerson()
    const acme = await its.company([[ada.id, 'viewer']], { policy: { sessionMaxAge: 600 } })
    const client = await its.client()
    const browser = later.browser()
    const before = await signIn(later, client, { browser })
    later.clock.advance(601_000)
    expect((await refusedSignIn(later, client, { browser, prompt: 'none' })).get('error')).toBe('login_required')
    const after = await signIn(later, client, { browser })
    expect(after.claims).toMatchObject({ org_id: acme.id })
    expect(after.claims['auth_time']).toBeGreaterThan(before.claims['auth_time'] as number)
  })
})

describe('[threat 7] a change of membership', () => {
  const memberships = () => house.companies.orgs.memberships

  it.each(['remove', 'suspend'] as const)(
    '%s: is seen in the next refresh, and at once by introspection',
    async (what) => {
      const ada = await house.addPerson()
      const acme = await invoices.company([[ada.id, 'viewer']])
      const client = await invoices.client()
      const { access, refresh: token } = await signIn(house, client)
      expect((await introspect(house, client, access)).body).toMatchObject({ active: true, roles: ['viewer'] })
      must(await memberships()[what](by, instanceAuthority, acme.id, ada.id))
      expect((await introspect(house, client, access)).body).toEqual({ active: false })
      expect((await refresh(house, client, token)).body['error']).toBe('invalid_grant')
    },
  )

  it('of roles shows in the next refresh, and at once by introspection, never as more than the token was issued for', async () => {
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'member']])
    const client = await invoices.client()
    const { access, refresh: token } = await signIn(house, client)
    must(await roleChange(acme.id, ada.id, 'viewer'))
    const less = (await introspect(house, client, access)).body
    expect(less).toMatchObject({ active: true, roles: ['viewer'], scope: 'invoices:read' })
    expect(less['permissions']).not.toContain('invoices:write')
    must(await roleChange(acme.id, ada.id, 'admin'))
    const more = (await introspect(house, client, access)).body
    expect(more['permissions']).not.toContain('invoices:delete')
    expect(tokensIn((await refresh(house, client, token)).body).claims).toMatchObject({ roles: ['admin'] })
  })

  it('of the organisation itself: one that is suspended gets no token, nor does one that was deleted', async () => {
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'viewer']])
    const client = await invoices.client()
    const { access, refresh: token } = await signIn(house, client)
    must(await house.companies.orgs.organisations.suspend(by, acme.id))
    expect((await introspect(house, client, access)).body).toEqual({ active: false })
    expect((await refresh(house, client, token)).body['error']).toBe('invalid_grant')
    must(await house.companies.orgs.organisations.activate(by, acme.id))
    expect((await refresh(house, client, token)).status).toBe(200)
  })

  it('stands in the revocation feed, for programs and for nobody else', async () => {
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'viewer']])
    const program = await programOf(house, { firstParty: true, apis: [audience] })
    const before = await program.ask({ api: audience })
    must(await memberships().remove(by, instanceAuthority, acme.id, ada.id))
    const { entries } = await program.ask({ api: audience, after: before.next })
    expect(entries.map(({ claims }) => claims)).toContainEqual({ sub: ada.id, org_id: acme.id })
    const own = await signIn(house, await invoices.client(), { scope: 'openid', resource: undefined })
    expect((await ask(house, { token: own.access, api: audience })).status).toBe(401)
  })
})

describe('a service account', () => {
  async function program(...more: string[]) {
    const acme = await invoices.company([])
    const { serviceAccounts } = house.companies
    const input = { organisation: acme.id, name: 'Importer', roles: ['member', ...more] }
    const account = must(await serviceAccounts.create(by, instanceAuthority, input))
    const client = await invoices.client({ grantTypes: ['client_credentials'], redirectUris: [] })
    must(await house.clients.actAs(by, client.id, account.id))
    const ask = (fields: Record<string, string> = {}) =>
      askToken(house, client, {
        grant_type: 'client_credentials',
        scope: 'invoices:write invoices:delete',
        ...fields,
      })
    return { acme, account, client, ask }
  }

  it('gets its roles with client credentials, in the organisation that it names', async () => {
    const { acme, client, ask } = await program()
    const { claims } = tokensIn((await ask()).body)
    expect(claims).toMatchObject({ sub: client.id, org_id: acme.id, roles: ['member'], scope: 'invoices:write' })
    expect((await ask({ organization: (await invoices.company([])).slug })).body['error']).toBe('invalid_target')
  })

  type Its = Awaited<ReturnType<typeof program>>
  const losses: readonly (readonly [string, (its: Its) => Promise<unknown>])[] = [
    [
      'is disabled',
      ({ acme, account }) =>
        house.companies.serviceAccounts.disable(by, instanceAuthority, { organisation: acme.id, id: account.id }),
    ],
    [
      'is removed',
      ({ acme, account }) =>
        house.companies.serviceAccounts.remove(by, instanceAuthority, { organisation: acme.id, id: account.id }),
    ],
    [
      'is suspended there',
      ({ acme, account }) => house.companies.orgs.memberships.suspend(by, instanceAuthority, acme.id, account.id),
    ],
    [
      'works for an organisation that was suspended',
      ({ acme }) => house.companies.orgs.organisations.suspend(by, acme.id),
    ],
  ]
  it.each(losses)(
    'that %s gets nothing: it is never taken for a program whose scopes no role limits',
    async (_, lose) => {
      const its = await program()
      const service = await invoices.client()
      const { access } = tokensIn((await its.ask()).body)
      expect((await introspect(house, service, access)).body).toMatchObject({ active: true })
      must((await lose(its)) as { ok: true; value: unknown })
      const { status, body } = await its.ask()
      expect([status, body['error'], body['access_token']]).toEqual([400, 'invalid_target', undefined])
      expect((await introspect(house, service, access)).body).toEqual({ active: false })
    },
  )

  it('of several organisations names one, or gets nothing', async () => {
    const { acme, account, ask } = await program()
    const second = await invoices.company([[account.id, 'viewer']])
    const { status, body } = await ask()
    expect([status, body['error']]).toEqual([400, 'invalid_target'])
    expect(body['error_description']).toContain('name one by `organization`')
    expect(tokensIn((await ask({ organization: acme.slug })).body).claims).toMatchObject({ scope: 'invoices:write' })
    expect(tokensIn((await ask({ organization: second.slug })).body).claims).toMatchObject({ roles: ['viewer'] })
  })

  it('is none: a program without one works for no organisation, and asks for none', async () => {
    const client = await invoices.client({ grantTypes: ['client_credentials'], redirectUris: [] })
    const acme = await invoices.company([])
    const ask = (fields = {}) => askToken(house, client, { grant_type: 'client_credentials', ...fields })
    expect(tokensIn((await ask()).body).claims).not.toHaveProperty('org_id')
    expect((await ask({ organization: acme.slug })).body['error']).toBe('invalid_target')
  })
})

describe('what a token endpoint is asked for', () => {
  it('it gives, or it refuses: no other organisation takes its place', async () => {
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'viewer']])
    const client = await invoices.client()
    const tokens = await signIn(house, client)
    const twice = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh,
      organization: acme.slug,
    })
    twice.append('organization', 'other')
    const answer = await fetch(new URL('/oauth/token', house.url), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
      body: twice,
    })
    expect(answer.status).toBe(400)
    const code = await codeFor(house, client, { resource: audience })
    expect((await redeem(house, client, code, { organization: acme.slug })).body['error']).toBe('invalid_request')
    expect((await refresh(house, client, tokens.refresh)).status).toBe(200)
  })

  it('an application that works without organisations is given none, however it asks', async () => {
    const ada = await house.addPerson()
    const acme = await invoices.company([[ada.id, 'admin']])
    const client = await invoices.client({ organisations: 'off' })
    const tokens = await signIn(house, client)
    expect((await refresh(house, client, tokens.refresh, { organization: acme.slug })).body['error']).toBe(
      'invalid_target',
    )
    expect((await refusedSignIn(house, client, { organization: acme.slug })).get('error')).toBe('access_denied')
  })
})

describe('a role for programs alone [TOS-2]', () => {
  it('signs nobody in for the organisation, and adds nothing to what other roles give', async () => {
    must(await house.companies.access.apply(by, 'toster', 'https://kitchen.example'))
    const ada = await house.addPerson()
    const { organisations, memberships } = house.companies.orgs
    const kitchen = must(await organisations.create(by, { slug: 'kitchen', name: 'Kitchen', template: 'toster' }))
    must(await memberships.add(by, instanceAuthority, kitchen.id, ada.id, ['api-only']))
    const client = await house.addClient({ apis: ['https://kitchen.example'], organisations: 'required' })
    const asked = { resource: 'https://kitchen.example', scope: 'openid', organization: 'kitchen' }
    expect((await refusedSignIn(house, client, asked)).get('error')).toBe('access_denied')
    must(await memberships.setRoles(by, instanceAuthority, kitchen.id, ada.id, ['api-only', 'cook']))
    expect((await signIn(house, client, asked)).claims).toMatchObject({ roles: ['cook'] })
  })
})

it('a refresh is one statement, and the person, for an organisation as for none', async () => {
  const [ada, bob] = [await house.addPerson(), await house.addPerson()]
  await invoices.company([[ada.id, 'viewer']])
  const client = await invoices.client()
  const statements = async (user: Id<'usr'>) => {
    house.signInAs(user)
    await everythingHeard(house.services)
    const first = await signIn(house, client)
    const again = async (token: string) => tokensIn((await refresh(house, client, token)).body)
    const second = await again(first.refresh)
    return { claims: second.claims, texts: await statementsDuring(() => again(second.refresh)) }
  }
  const [inOne, inNone] = [await statements(ada.id), await statements(bob.id)]
  expect([inOne.claims['roles'], inNone.claims['roles']]).toEqual([['viewer'], undefined])
  expect(inOne.texts, inOne.texts.join('\n')).toHaveLength(2)
  expect(inNone.texts, inNone.texts.join('\n')).toHaveLength(2)
})

it('a token for a program that is for no API asks the database nothing, once the program is known', async () => {
  const client = await house.addClient({ grantTypes: ['client_credentials'], redirectUris: [] })
  const ask = () => askToken(house, client, { grant_type: 'client_credentials' })
  await everythingHeard(house.services)
  await ask()
  expect(await statementsDuring(ask)).toEqual([])
})
