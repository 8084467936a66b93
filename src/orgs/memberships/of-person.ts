import { enterOrganisation } from '../../db/transaction.ts'
import type { Tx } from '../../db/types.ts'
import type { Role, Roles } from '../ports.ts'
import type { OwnMembership } from '../seats/store.ts'

export interface OwnOrganisation extends Omit<OwnMembership, 'roles'> {
  readonly roles: readonly Pick<Role, 'key' | 'name' | 'template'>[]
}

/** Each in its own scope, one after the other in one transaction: an organisation's roles are read by nobody outside it. */
export async function organisationsOf(tx: Tx, roles: Roles, own: readonly OwnMembership[]): Promise<OwnOrganisation[]> {
  const named: OwnOrganisation[] = []
  for (const { roles: ids, ...membership } of own) {
    const scoped = await enterOrganisation(tx, membership.organisation)
    const held: readonly Role[] = ids.length > 0 ? await roles.rolesFor(scoped, ids) : []
    named.push({ ...membership, roles: held.map(({ key, name, template }) => ({ key, name, template })) })
  }
  return named
}
