import { sql } from 'kysely'
import { inject, onTestFinished } from 'vitest'
import type { Authority } from '../../src/access/authority.ts'
import type { RoleId } from '../../src/access/role.ts'
import type { Access } from '../../src/access/service.ts'
import type { ActorContext } from '../../src/audit/actor.ts'
import { inInstance, inOrganisation } from '../../src/db/transaction.ts'
import { openAccess } from '../../src/instance/access.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { defineId, type Id } from '../../src/lib/ids.ts'
import type { Apis } from '../../src/oidc/apis/service.ts'
import { frozenClock } from '../support/clock.ts'
import { testConfig } from '../support/config.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { arranging } from '../support/event-guard.ts'
import { captureLog } from '../support/log.ts'
import { STARTED_TEMPLATE } from '../support/template.ts'

export const by: ActorContext = { actor: { kind: 'system', id: 'test' } }
export const orgId = defineId('org')
export const userId = defineId('usr')
const roleId = defineId('rol')

export interface AccessWorld {
  readonly access: Access<ActorContext>
  readonly apis: Apis
  readonly database: TestDatabase
  readonly services: Services
  /** An organisation of this template. */
  organisation(template?: string): Promise<Id<'org'>>
  /** Somebody with these roles in it. */
  member(organisation: Id<'org'>, keys: readonly string[]): Promise<Id<'usr'>>
  authorityOf(organisation: Id<'org'>, keys: readonly string[]): Promise<Authority>
  /** What was recorded, oldest first. */
  events(action: string): Promise<{ target: string; organisation: string | null; before: unknown; after: unknown }[]>
}

export async function accessWorld(): Promise<AccessWorld> {
  const clock = frozenClock()
  const database = await testDatabase({ template: STARTED_TEMPLATE })
  const config = testConfig({ KEYS_DIR: inject('postgres').keysDir })
  const { log } = captureLog()
  const actor = { kind: 'system', id: 'test' } as const
  const services = await openServices({ config, target: database.target, clock, log, actor, bootstrap: false })
  onTestFinished(() => services.close())
  const { apis } = registryOf({ config, services, clock })
  const access = openAccess({ services, apis, clock })

  const idsOf = async (organisation: Id<'org'>, keys: readonly string[]): Promise<RoleId[]> => {
    const roles = await access.list(organisation)
    return keys.map((key) => {
      const role = roles.find((one) => one.key === key)
      if (!role) throw new Error(`no role ${key} in ${roles.map((one) => one.key).join()}`)
      return role.id
    })
  }
  return {
    access,
    apis,
    database,
    services,
    organisation: async (template = 'basic') => {
      const id = orgId.generate()
      await inOrganisation(database.app, id, async (tx) => {
        await arranging(tx)
        await sql`INSERT INTO organisations (id, slug, name, status, template, policy, settings, created_at)
          VALUES (${orgId.toUuid(id)}, ${`o-${id.slice(-12)}`}, 'Ours', 'active', ${template}, '{}', '{}', now())`.execute(
          tx,
        )
      })
      return id
    },
    member: async (organisation, keys) => {
      const id = userId.generate()
      const ids = await idsOf(organisation, keys)
      await inOrganisation(database.app, organisation, async (tx) => {
        await arranging(tx)
        const [org, member] = [orgId.toUuid(organisation), userId.toUuid(id)]
        await sql`INSERT INTO memberships (org_id, member_id, member_kind, status, joined_at)
          VALUES (${org}, ${member}, 'person', 'active', now())`.execute(tx)
        for (const role of ids)
          await sql`INSERT INTO membership_roles (org_id, member_id, role_id, given_at)
            VALUES (${org}, ${member}, ${roleId.toUuid(role)}, now())`.execute(tx)
      })
      return id
    },
    authorityOf: async (organisation, keys) => {
      const roles = await idsOf(organisation, keys)
      return inOrganisation(database.app, organisation, (tx) =>
        access.authorityIn(tx, { organisation: { status: 'active' }, status: 'active', roles }),
      )
    },
    events: (action) =>
      inInstance(database.owner, async (tx) => {
        const rows = await tx.selectFrom('events').selectAll().where('action', '=', action).orderBy('id').execute()
        return rows.map(({ target_id, org_id, before, after }) => ({
          target: target_id,
          organisation: org_id && orgId.fromUuid(org_id),
          before,
          after,
        }))
      }),
  }
}
