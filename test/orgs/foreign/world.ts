import { decodeJwt } from 'jose'
import { instanceAuthority } from '../../../src/access/authority.ts'
import type { ActorContext } from '../../../src/audit/actor.ts'
import { openCompanies } from '../../../src/instance/companies.ts'
import { registryOf } from '../../../src/instance/registry.ts'
import { DEVICE_CODE } from '../../../src/oidc/clients/client.ts'
import type { NewClient } from '../../../src/oidc/clients/registration.ts'
import type { OrgId } from '../../../src/orgs/org.ts'
import { type AccountHouse, accountHouse, type Browser } from '../../account/support.ts'
import { askToken, authorization, callback } from '../../oidc/support.ts'
import { configFile } from '../../support/scratch.ts'
import { must } from '../support.ts'

const by: ActorContext = { actor: { kind: 'operator', id: 'test' } }
const fromHere = { ip: '192.0.2.9', userAgent: 'arranging', requestId: 'arranging' }
export const secretName = 'Foreign Secret Holdings'
export const audience = 'https://invoices.example/api'

/** The most powerful first. */
export const roles = {
  basic: ['owner', 'admin', 'member'],
  monetro: ['admin', 'manager', 'member', 'viewer'],
} as const
export type Template = keyof typeof roles

/** Somebody who only has to wait would otherwise be turned away before anything is looked at; and every route is there. */
const config = `
limits:
  account: { account: off }
  clientAuth: { failuresByIp: off }
  deviceBegin: { ip: off }
  userCode: { failuresByIp: off, failures: off }
  clientRegistration: { ip: off }
  api: { ip: off }
clients: { dynamicRegistration: token }
`

export type World = Awaited<ReturnType<typeof worldOf>>

/** Two organisations, so that whoever works in both is asked; and one in which everything is somebody else's. */
export async function worldOf(template: Template) {
  const house = await accountHouse({ env: { CONFIG_FILE: configFile(config) } })
  const { config: settings, services, people, clock } = house
  const { access, orgs, apiKeys, serviceAccounts } = openCompanies({ config: settings, services, people, clock })
  must(await access.apply(by, 'monetro', audience))
  const create = (slug: string, name: string) => orgs.organisations.create(by, { slug, name, template })
  const [ours, other, foreign] = [
    must(await create('ours', 'Ours')),
    must(await create('other', 'Other')),
    must(await create('foreign', secretName)),
  ]
  const add = (organisation: OrgId, person: Parameters<typeof orgs.memberships.add>[3], role: string) =>
    orgs.memberships.add(by, instanceAuthority, organisation, person, [role])
  const bob = await house.addPerson('bob@example.com')
  const [first] = roles[template]
  must(await add(foreign.id, bob.id, first))
  must(await orgs.invitations.invite(by, instanceAuthority, foreign.id, { email: 'carol@example.com', roles: [first] }))

  const { apis, clients } = registryOf({ config: settings, services, clock })
  const [api] = await apis.list()
  const permissions = template === 'monetro' && api ? { [api.id]: ['invoices:read'] } : { hearthkey: ['members.read'] }
  const key = { organisation: foreign.id, owner: bob.id, name: 'Key', permissions }
  must(await apiKeys.create({ ...by, ...fromHere, actor: { kind: 'person', id: bob.id } }, instanceAuthority, key))

  const addClient = async (wish: Partial<NewClient>) => {
    const usual = {
      name: 'Invoices',
      type: 'web',
      redirectUris: [callback],
      firstParty: true,
      apis: [audience],
    } as const
    const made = must(await clients.create(by, { ...usual, ...wish }))
    return { id: made.client.id, secret: made.secret?.reveal() }
  }
  const program = await addClient({ type: 'service', redirectUris: [] })
  const account = { organisation: ours.id, name: 'Importer', roles: ['member'] }
  must(await clients.actAs(by, program.id, must(await serviceAccounts.create(by, instanceAuthority, account)).id))
  return {
    house,
    ours,
    foreign,
    client: await addClient({}),
    program,
    device: await addClient({ type: 'native', redirectUris: [], grantTypes: [DEVICE_CODE] }),
    rows: () => rowsOf(house, foreign.id),
    /** Somebody who has this role in both, and is signed in for the first. */
    somebody: async (role: string) => {
      const email = `${role}@example.com`
      const person = await house.addPerson(email)
      for (const { id } of [ours, other]) must(await add(id, person.id, role))
      const browser = house.browser()
      await browser.signIn('/account', email)
      return browser
    },
  }
}

export interface Held {
  readonly access: string
  /** The newest of its line. */
  refresh: string
}

/** Of the person in the browser, for the first of the two. */
export async function tokensFor({ house, client, ours }: World, browser: Browser): Promise<Held> {
  const asked = await authorization(house, { clientId: client.id, resource: audience, organization: 'ours' })
  const back = await browser.go(asked.url.pathname + asked.url.search)
  const { body } = await askToken(house, client, {
    grant_type: 'authorization_code',
    code: new URL(back.path).searchParams.get('code') ?? '',
    code_verifier: asked.verifier,
    redirect_uri: callback,
  })
  const { access_token: access = '', refresh_token: refresh = '' } = body
  if (decodeJwt(access)['org_id'] !== ours.id) throw new Error('the token is for another organisation')
  return { access, refresh }
}

/** Everything that the database holds of one organisation. */
async function rowsOf(house: AccountHouse, organisation: OrgId): Promise<string[]> {
  const admin = await house.database.superuser()
  const uuid = organisation.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const { rows: tables } = await admin.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'org_id'`,
  )
  const own = await admin.query(`SELECT * FROM organisations WHERE id = '${uuid}'`)
  const texts = [`organisations: ${JSON.stringify(own.rows)}`]
  for (const { name } of tables) {
    const { rows } = await admin.query<{ text: string }>(
      `SELECT t::text AS text FROM ${name} t WHERE org_id = '${uuid}' ORDER BY 1`,
    )
    texts.push(...rows.map(({ text }) => `${name}: ${text}`))
  }
  return texts
}
