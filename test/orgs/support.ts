import { inject, onTestFinished } from 'vitest'
import { type Authority, instanceAuthority } from '../../src/access/authority.ts'
import type { Access } from '../../src/access/service.ts'
import type { ActorContext } from '../../src/audit/actor.ts'
import { inOrganisation } from '../../src/db/transaction.ts'
import { openAccess } from '../../src/instance/access.ts'
import { openOrgs } from '../../src/instance/orgs.ts'
import { openPeople, type People } from '../../src/instance/people.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { ok } from '../../src/lib/result.ts'
import type { LookUpText } from '../../src/orgs/domains/ports.ts'
import type { MemberId } from '../../src/orgs/memberships/membership.ts'
import type { Organisation, OrgId } from '../../src/orgs/org.ts'
import type { Orgs } from '../../src/orgs/service.ts'
import type { UserId } from '../../src/users/user.ts'
import { type FrozenClock, frozenClock } from '../support/clock.ts'
import { testConfig } from '../support/config.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
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
  /** What happens while the DNS is asked. */
  readonly meanwhile: { lookedUp: () => Promise<void> }
  person(name?: string, options?: { verified?: boolean; admin?: boolean; email?: string }): Promise<UserId>
  /** With an owner, who is the one that is answered. */
  company(
    slug?: string,
    options?: { template?: string },
  ): Promise<{ org: OrgId; owner: UserId; organisation: Organisation }>
  join(org: OrgId, roles: readonly string[], person?: MemberId): Promise<UserId>
  authorityOf(org: OrgId, member: MemberId): Promise<Authority>
  as(person: UserId): ActorContext
  keysOf(org: OrgId, member: MemberId): Promise<readonly string[] | undefined>
  /** Of organisations and those in them, oldest first. */
  events(): Promise<RecordedEvent[]>
  letters(): Promise<QueuedLetter[]>
  /** The newest link in a letter, as the token that it carries. */
  newestToken(): Promise<string>
}

/** Organisations over the real rooms of people, access and mail, on a database of their own. */
export async function orgsWorld(): Promise<OrgsWorld> {
  const clock = frozenClock()
  const database = await testDatabase({ template: STARTED_TEMPLATE })
  const given = testConfig({ KEYS_DIR: inject('postgres').keysDir, ISSUER_URL: 'https://id.example.com' })
  // As many as a test sends at once: they meet at the rows, and none waits for a connection.
  const config = { ...given, database: { ...given.database, poolSize: 20 } }
  const { log } = captureLog()
  const actor = { kind: 'system', id: 'test' } as const
  const services = await openServices({ config, target: database.target, clock, log, actor, bootstrap: false })
  onTestFinished(() => services.close())
  const people = openPeople({ ...services, config, clock, log, hasher: quickHasher(log, 100) })
  onTestFinished(() => people.close())
  const access = openAccess({ services, apis: registryOf({ config, services, clock }).apis, clock })
  const dns = new Map<string, string[]>()
  const meanwhile: OrgsWorld['meanwhile'] = { lookedUp: async () => {} }
  const lookUpText: LookUpText = async (name) => {
    await meanwhile.lookedUp()
    return ok(dns.get(name) ?? [])
  }
  const orgs = openOrgs({ config, services, people, access, clock, lookUpText })
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
    authorityOf: (org, member) =>
      inOrganisation(services.database.app, org, async (tx) => {
        const seat = await seats.seatOf(tx, org, member)
        if (!seat) throw new Error(`${member} is no member`)
        return access.authorityIn(tx, seat)
      }),
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
