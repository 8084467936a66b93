import { inject, onTestFinished } from 'vitest'
import { type Authority, authorityOf, instanceAuthority } from '../../src/access/authority.ts'
import type { Access } from '../../src/access/service.ts'
import type { ActorContext } from '../../src/audit/actor.ts'
import type { Asked } from '../../src/db/asked.ts'
import { inOrganisation } from '../../src/db/transaction.ts'
import type { OutgoingClient } from '../../src/http/outgoing/outgoing.ts'
import { openAccess } from '../../src/instance/access.ts'
import { openOrgs } from '../../src/instance/orgs.ts'
import { openPeople, type People } from '../../src/instance/people.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { fail, ok } from '../../src/lib/result.ts'
import type { LookUpText } from '../../src/orgs/domains/ports.ts'
import type { MemberId } from '../../src/orgs/memberships/membership.ts'
import type { Organisation, OrgId } from '../../src/orgs/org.ts'
import type { Orgs } from '../../src/orgs/service.ts'
import { type ServiceAccountId, serviceAccountId } from '../../src/service-accounts/service-account.ts'
import { changeStatus, insertAccount } from '../../src/service-accounts/store.ts'
import type { UserId } from '../../src/users/user.ts'
import { type FrozenClock, frozenClock } from '../support/clock.ts'
import { testConfig } from '../support/config.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { arranging } from '../support/event-guard.ts'
import { quickHasher } from '../support/hasher.ts'
import { letters, type QueuedLetter } from '../support/letters.ts'
import { captureLog } from '../support/log.ts'
import { STARTED_TEMPLATE } from '../support/template.ts'

export const by: ActorContext = { actor: { kind: 'operator', id: 'test' }, ip: '192.0.2.7' }
export const password = 'a hearth keeps the house warm'

interface RecordedEvent {
  readonly action: string
  readonly organisation: string | null
  readonly target_kind: string
  readonly target_id: string
  readonly before: Record<string, unknown> | null
  readonly after: Record<string, unknown> | null
}

export interface OrgsWorld extends Orgs<ActorContext> {
  readonly access: Access<ActorContext>
  readonly people: People
  readonly services: Services
  readonly database: TestDatabase
  readonly clock: FrozenClock
  /** What the DNS answers, by name. */
  readonly dns: Map<string, string[]>
  /** What the web answers, by URL; the rest is asked of the real one. */
  readonly web: Map<string, { readonly status: number; readonly body: string } | 'redirected'>
  /** What happens while the DNS is asked. */
  readonly meanwhile: { lookedUp: () => Promise<void> }
  person(name?: string, options?: { verified?: boolean; admin?: boolean; email?: string }): Promise<UserId>
  /** With an owner, who is the one that is answered. */
  company(
    slug?: string,
    options?: { template?: string },
  ): Promise<{ org: OrgId; owner: UserId; organisation: Organisation }>
  join(org: OrgId, roles: readonly string[], person?: MemberId): Promise<UserId>
  /** A service account that this organisation looks after, and a member of nothing. */
  program(home: OrgId, status?: 'active' | 'disabled'): Promise<ServiceAccountId>
  setStatus(home: OrgId, program: ServiceAccountId, to: 'active' | 'disabled'): Promise<void>
  authorityOf(org: OrgId, member: MemberId): Promise<Authority>
  /** What they may do when the change has its turn. */
  authorityThen(org: OrgId, member: MemberId): Asked<Authority>
  as(person: UserId): ActorContext
  keysOf(org: OrgId, member: MemberId): Promise<readonly string[] | undefined>
  /** Of organisations and those in them, oldest first. */
  events(): Promise<RecordedEvent[]>
  letters(): Promise<QueuedLetter[]>
  /** The newest link in a letter, as the token that it carries. */
  newestToken(): Promise<string>
}

interface WorldOptions {
  /** As many as a test sends at once: they meet at the rows, and none waits for a connection. */
  readonly poolSize?: number
  /** A second process of the same instance. */
  readonly beside?: TestDatabase
}

/** Organisations over the real rooms of people, access and mail, on a database of their own. */
export async function orgsWorld({ poolSize = 20, beside }: WorldOptions = {}): Promise<OrgsWorld> {
  const clock = frozenClock()
  const database = beside ?? (await testDatabase({ template: STARTED_TEMPLATE }))
  const given = testConfig({ KEYS_DIR: inject('postgres').keysDir, ISSUER_URL: 'https://id.example.com' })
  const config = { ...given, database: { ...given.database, poolSize } }
  const { log } = captureLog()
  const actor = { kind: 'system', id: 'test' } as const
  const services = await openServices({ config, target: database.target, clock, log, actor, bootstrap: false })
  onTestFinished(() => services.close())
  const people = openPeople({ ...services, config, clock, log, hasher: quickHasher(log, 100) })
  onTestFinished(() => people.close())
  const access = openAccess({ services, apis: registryOf({ config, services, clock }).apis, clock })
  const dns = new Map<string, string[]>()
  const web: OrgsWorld['web'] = new Map()
  const outgoing: OutgoingClient = {
    ...services.outgoing,
    send: async (request) => {
      const answer = web.get(request.url)
      if (!answer) return services.outgoing.send(request)
      if (answer === 'redirected') return fail({ reason: answer })
      return ok({ status: answer.status, headers: {}, body: Buffer.from(answer.body) })
    },
  }
  const meanwhile: OrgsWorld['meanwhile'] = { lookedUp: async () => {} }
  const lookUpText: LookUpText = async (name) => {
    await meanwhile.lookedUp()
    return ok(dns.get(name) ?? [])
  }
  const orgs = openOrgs({ config, services: { ...services, outgoing }, people, access, clock, lookUpText })
  const { organisations, memberships, seats } = orgs
  let persons = 0

  const person: OrgsWorld['person'] = async (name = 'Ada Lovelace', { verified = true, admin = false, email } = {}) => {
    persons += 1
    const made = await people.users.create(by, {
      email: email ?? `person-${persons}@example.com`,
      name,
      emailVerified: verified,
      ...(admin && { instanceRole: 'admin' as const }),
    })
    if (!made.ok) throw new Error(made.error)
    return made.value.id
  }
  const join: OrgsWorld['join'] = async (org, roles, someone) => {
    const id = someone ?? (await person())
    const joined = await memberships.add(by, instanceAuthority, org, id, roles)
    if (!joined.ok) throw new Error(JSON.stringify(joined.error))
    return id as UserId
  }

  return {
    ...orgs,
    access,
    people,
    services,
    database,
    clock,
    dns,
    web,
    meanwhile,
    person,
    join,
    company: async (slug = 'acme', { template = 'basic' } = {}) => {
      if (template !== 'basic') {
        const applied = await access.apply(by, template, `https://${template}.example`)
        if (!applied.ok) throw new Error(applied.error.reason)
      }
      const owner = await person('Olga Owner')
      const made = await organisations.create(by, { slug, name: 'Acme', template, owner })
      if (!made.ok) throw new Error(made.error)
      return { org: made.value.id, owner, organisation: made.value }
    },
    program: (organisation, status = 'active') =>
      inOrganisation(services.database.app, organisation, async (tx) => {
        await arranging(tx)
        const id = serviceAccountId.generate()
        await insertAccount(tx, {
          id,
          organisation,
          name: 'robot',
          description: '',
          status: 'active',
          createdAt: clock.now(),
        })
        if (status !== 'active') await changeStatus(tx, id, status, clock.now())
        return id
      }),
    setStatus: (home, program, to) =>
      inOrganisation(services.database.app, home, async (tx) => {
        await arranging(tx)
        await changeStatus(tx, program, to, clock.now())
      }),
    authorityOf: (org, member) =>
      inOrganisation(services.database.app, org, async (tx) => {
        const seat = await seats.seatOf(tx, org, member)
        if (!seat) throw new Error(`${member} is no member`)
        return access.authorityIn(tx, seat)
      }),
    authorityThen: (org, member) => async (tx) => {
      const seat = await seats.seatOf(tx, org, member)
      return seat ? access.authorityIn(tx, seat) : authorityOf([])
    },
    as: (id) => ({ actor: { kind: 'person', id }, ip: '192.0.2.9' }),
    keysOf: async (org, member) => (await memberships.find(org, member))?.roleKeys,
    events: async () => {
      const admin = await database.superuser()
      const { rows } = await admin.query<RecordedEvent>(
        `SELECT action, org_id AS organisation, target_kind, target_id, before, after FROM events
         WHERE action ~ '^(organisation|membership|invitation|domain)\\.' ORDER BY occurred_at, id`,
      )
      return rows
    },
    letters: () => letters({ config, services }),
    newestToken: async () => {
      const link = (await letters({ config, services })).at(-1)?.links[0]
      const token = link && new URL(link).searchParams.get('token')
      if (!token) throw new Error('no letter has a link')
      return token
    },
  }
}

/** Unwraps what must have worked. */
export function must<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}
