import { decodeJwt } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import type { ActorContext } from '../../src/audit/actor.ts'
import { openCompanies } from '../../src/instance/companies.ts'
import { registryOf } from '../../src/instance/registry.ts'
import type { OrgId } from '../../src/orgs/org.ts'
import { type AccountHouse, accountHouse } from '../account/support.ts'
import { askToken, authorization, callback } from '../oidc/support.ts'
import { configFile } from '../support/scratch.ts'
import { must } from './support.ts'

// Some five hundred requests each.
vi.setConfig({ testTimeout: 60_000 })

/** What somebody is told of a sign-in that is over. */
const GONE = 410
const by: ActorContext = { actor: { kind: 'operator', id: 'test' } }
const fromHere = { ip: '192.0.2.9', userAgent: 'arranging', requestId: 'arranging' }
const secretName = 'Foreign Secret Holdings'
const audience = 'https://invoices.example/api'

/** Somebody who only has to wait would otherwise be turned away before anything is looked at. */
const unlimited = 'limits: { account: { account: off } }\n'

const roles = {
  basic: ['owner', 'admin', 'member'],
  monetro: ['admin', 'manager', 'member', 'viewer'],
} as const

/** Two organisations of Ada's, so that she is asked; and one in which everything is somebody else's. */
async function worldOf(template: keyof typeof roles, role: string) {
  const house = await accountHouse({ env: { CONFIG_FILE: configFile(unlimited) } })
  const { config, services, people, clock, ada } = house
  const { access, orgs, apiKeys } = openCompanies({ config, services, people, clock })
  must(await access.apply(by, 'monetro', audience))
  const create = (slug: string, name: string) => orgs.organisations.create(by, { slug, name, template })
  const [ours, other, foreign] = [
    must(await create('ours', 'Ours')),
    must(await create('other', 'Other')),
    must(await create('foreign', secretName)),
  ]
  for (const { id } of [ours, other]) must(await orgs.memberships.add(by, instanceAuthority, id, ada.id, [role]))
  const bob = await house.addPerson('bob@example.com')
  const first = roles[template][0]
  must(await orgs.memberships.add(by, instanceAuthority, foreign.id, bob.id, [first]))
  must(await orgs.invitations.invite(by, instanceAuthority, foreign.id, { email: 'carol@example.com', roles: [first] }))
  const [api] = await registryOf({ config, services, clock }).apis.list()
  const key = { organisation: foreign.id, owner: bob.id, name: 'Key', permissions: {} as Record<string, string[]> }
  if (template === 'monetro' && api) key.permissions = { [api.id]: ['invoices:read'] }
  else key.permissions = { hearthkey: ['members.read'] }
  must(await apiKeys.create({ ...by, ...fromHere, actor: { kind: 'person', id: bob.id } }, instanceAuthority, key))
  const { clients } = registryOf({ config, services, clock })
  const made = must(
    await clients.create(by, {
      name: 'Invoices',
      type: 'web',
      redirectUris: [callback],
      firstParty: true,
      apis: [audience],
    }),
  )
  const client = { ...made.client, secret: made.secret?.reveal() }
  return { house, client, foreign, ours, rows: () => rowsOf(house, foreign.id) }
}

/** Everything that the database holds of one organisation. */
async function rowsOf(house: AccountHouse, organisation: OrgId): Promise<string[]> {
  const admin = await house.database.superuser()
  const uuid = organisation.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const { rows: tables } = await admin.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'org_id'`,
  )
  const texts = [
    `organisations: ${(await admin.query(`SELECT * FROM organisations WHERE id = '${uuid}'`)).rows.map((row) => JSON.stringify(row)).join()}`,
  ]
  for (const { name } of tables) {
    const { rows } = await admin.query<{ text: string }>(
      `SELECT t::text AS text FROM ${name} t WHERE org_id = '${uuid}' ORDER BY 1`,
    )
    texts.push(...rows.map(({ text }) => `${name}: ${text}`))
  }
  return texts
}

describe.each(Object.entries(roles).flatMap(([template, keys]) => keys.map((key) => [template, key] as const)))(
  '[MON-11] [STO-6] [TOS-3] [threat 28] somebody who is %s %s in an organisation of their own',
  (template, role) => {
    it('gets to nothing of a foreign one, by any route there is, however it is named', async () => {
      const { house, client, foreign, ours, rows } = await worldOf(template as keyof typeof roles, role)
      const browser = house.browser()
      await browser.signIn()
      const asked = await authorization(house, { clientId: client.id, resource: audience, organization: 'ours' })
      const back = await browser.go(asked.url.pathname + asked.url.search)
      const tokens = await askToken(house, client, {
        grant_type: 'authorization_code',
        code: new URL(back.path).searchParams.get('code') ?? '',
        code_verifier: asked.verifier,
        redirect_uri: callback,
      })
      expect(decodeJwt(tokens.body['access_token'] ?? '')).toMatchObject({ org_id: ours.id })
      const choose = async (): Promise<string> => {
        const pending = await authorization(house, { clientId: client.id, resource: audience })
        const choosing = await browser.go(pending.url.pathname + pending.url.search)
        expect(choosing.html).toContain('value="org_')
        return choosing.path.split('/')[2] ?? ''
      }
      let uid = await choose()

      const before = await rows()
      expect(before.length).toBeGreaterThan(5)
      const told: string[] = []
      const attempt = async ({ method, path }: Route, name: string, given: Record<string, string>) => {
        const to = path.replace(':uid', uid).replace(':id', name)
        const answer = await fetch(new URL(method === 'GET' ? `${to}?${new URLSearchParams(given)}` : to, house.url), {
          method,
          redirect: 'manual',
          headers: {
            accept: 'text/html',
            'x-company': name,
            origin: house.issuer,
            cookie: browser.jar.headerFor(new URL(to, house.issuer)) ?? '',
            authorization: `Bearer ${tokens.body['access_token']}`,
          },
          ...(method === 'POST' && { body: new URLSearchParams(given) }),
        })
        browser.jar.keep(answer)
        told.push(await answer.text(), answer.headers.get('location') ?? '')
        return answer.status
      }
      const routes = role === roles.basic[0] ? routesOf(house) : routesOf(house).filter(seesWhoAsks)
      const isFirst = role === roles[template as keyof typeof roles][0]
      for (const name of [foreign.id, foreign.slug]) {
        const fields = { organization: name, organisation: name, org: name, org_id: name, tenantId: name }
        // What a name stands for is looked up before anybody's role is: by the second one role of each template tries them.
        for (const route of isFirst || name === foreign.id ? routes : []) {
          for (const given of [fields, { organization: name }, { organisation: name }]) {
            const status = await attempt(route, name, given)
            expect(status, 'turned away before anything is looked at').not.toBe(429)
            if (status !== GONE || !route.path.includes(':uid')) continue
            // Whatever was tried before has ended it; where a new one is gone as well, that is the refusal.
            uid = await choose()
            await attempt(route, name, given)
          }
        }
        const again = await authorization(house, { clientId: client.id, resource: audience, organization: name })
        const refused = new URL((await browser.go(again.url.pathname + again.url.search)).path)
        expect([refused.searchParams.get('error'), refused.searchParams.get('code')]).toEqual(['access_denied', null])
        const switched = await askToken(house, client, {
          grant_type: 'refresh_token',
          refresh_token: tokens.body['refresh_token'] ?? '',
          organization: name,
        })
        expect([switched.status, switched.body['error']]).toEqual([400, 'invalid_target'])
      }
      expect(told.filter((text) => text.includes(secretName))).toEqual([])
      expect(await rows()).toEqual(before)
    })
  },
)

/** These know nobody: to everyone they are the same, and one role tries them for all. A new place is tried in every role. */
const seesWhoAsks = ({ path }: Route): boolean =>
  !/^\/(?:assets|\.well-known|healthz|readyz|setup|register|recover|link)(?:\/|$)/.test(path)

interface Route {
  readonly method: string
  readonly path: string
}

/** A new route is tried as soon as it is there. A sign-out would end the trying. */
const routesOf = ({ http }: AccountHouse): Route[] => {
  const known = http.app.routes
    .filter(({ method, path }) => ['GET', 'POST'].includes(method) && !path.startsWith('/oauth/logout'))
    .map(({ method, path }) => `${method} ${path}`)
  return [...new Set(known)].map((text) => {
    const [method = '', path = ''] = text.split(' ')
    return { method, path }
  })
}
