import type { Listener } from '../db/listener.ts'
import { createMemory } from '../db/memory.ts'
import type { Db } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { createOwnRoles, type OwnRoles } from './own-roles/service.ts'
import type { Announce, Apis, RecordRoleEvent } from './ports.ts'
import { type ReadRoles, readRoles } from './read.ts'
import type { Role } from './role.ts'
import { ROLES_CHANNEL } from './store.ts'
import { type ApplyTemplates, applyTemplates } from './templates/apply.ts'

/** `By`: who asks and from where, for the log of events. */
export interface Access<By> extends ReadRoles, OwnRoles<By>, ApplyTemplates<By> {}

interface AccessDeps<By> {
  readonly database: { readonly app: Db; readonly owner: Db }
  readonly listener: Pick<Listener, 'connected' | 'subscribe'>
  readonly apis: Apis<By>
  readonly record: RecordRoleEvent<By>
  readonly announce: Announce
  readonly clock: Clock
}

export function createAccess<By>({ database, listener, apis, record, announce, clock }: AccessDeps<By>): Access<By> {
  const read = readRoles(createMemory<Role>({ channel: ROLES_CHANNEL, listener, clock }))
  const own = createOwnRoles({ db: database.app, read, apis, record, announce, clock })
  return { ...read, ...own, ...applyTemplates({ owner: database.owner, apis, record, announce, clock }) }
}
