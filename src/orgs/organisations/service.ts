import type { Asked } from '../../db/asked.ts'
import { inInstance, inOrganisation } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Result } from '../../lib/result.ts'
import type { JoinMember } from '../memberships/join.ts'
import type { Organisation, OrgId } from '../org.ts'
import type { Acting, AssertRoom, Authority, EndingPrograms, People, RecordOrgEvent, Revoked, Roles } from '../ports.ts'
import { findBySlug, findOrganisation, listOrganisations } from '../store.ts'
import { type Change, type ChangeRefusal, changeOrganisation } from './change.ts'
import { type CreateRefusal, createOrganisation, type NewOrganisation } from './create.ts'
import { changeByInstance, type InstanceChange, type InstanceChangeRefusal } from './instance-change.ts'
import { removeOrganisation } from './remove.ts'
import { changeStatus, type StatusRefusal } from './status.ts'

export interface OrganisationsDeps<By> {
  /** Under row security. */
  readonly db: Db
  /** For what means every organisation: a list, a look-up by slug; and for what whoever serves may not change. */
  readonly owner: Db
  readonly people: Pick<People, 'findIn'>
  readonly roles: Roles
  readonly clock: Clock
  readonly record: RecordOrgEvent<By>
  readonly revoked: Revoked
  readonly assertRoom: AssertRoom
}

export interface Organisations<By> {
  create(by: By, organisation: NewOrganisation): Promise<Result<Organisation, CreateRefusal>>
  find(id: OrgId): Promise<Organisation | undefined>
  /** Instance-wide, like `list`: for whoever holds the host, or administers the instance. */
  findBySlug(slug: string): Promise<Organisation | undefined>
  list(page: { readonly after?: OrgId; readonly limit: number }): Promise<Organisation[]>
  update(by: By, authority: Asked<Authority>, id: OrgId, change: Change): Promise<Result<Organisation, ChangeRefusal>>
  /** The instance alone: all of it, or nothing. */
  updateByInstance(by: By, id: OrgId, change: InstanceChange): Promise<Result<Organisation, InstanceChangeRefusal>>
  /** The instance alone: nobody gets a token for it, and what was issued is dead. Nothing is lost. */
  suspend(by: By, id: OrgId): Promise<Result<Organisation, StatusRefusal>>
  activate(by: By, id: OrgId): Promise<Result<Organisation, StatusRefusal>>
  /** For good, with the programs that it looks after. It stays for the log of events, its slug stays taken, and nothing else shows it. */
  remove(by: By, id: OrgId): Promise<Result<Organisation, StatusRefusal>>
}

interface Deps<By> extends OrganisationsDeps<By> {
  readonly join: JoinMember<By>
  readonly programs: EndingPrograms<By>
}

export function createOrganisations<By extends Acting>(deps: Deps<By>): Organisations<By> {
  const { db, owner } = deps
  const to = changeStatus(deps)
  return {
    create: createOrganisation(deps),
    find: (id) => inOrganisation(db, id, (tx) => findOrganisation(tx, id)),
    findBySlug: (slug) => inInstance(owner, (tx) => findBySlug(tx, slug)),
    list: ({ after, limit }) => inInstance(owner, (tx) => listOrganisations(tx, after, limit)),
    update: changeOrganisation(deps),
    updateByInstance: changeByInstance(deps),
    suspend: (by, id) => to(by, id, 'suspended'),
    activate: (by, id) => to(by, id, 'active'),
    remove: removeOrganisation(deps),
  }
}
