import type { Authority } from '../../src/access/authority.ts'
import { instanceAuthority } from '../../src/access/authority.ts'
import type { Asked } from '../../src/db/asked.ts'
import { inOrganisation } from '../../src/db/transaction.ts'
import type { MemberId } from '../../src/orgs/memberships/membership.ts'
import { type OrgId, orgId } from '../../src/orgs/org.ts'
import { eventually } from '../support/eventually.ts'
import { by, must, type OrgsWorld } from './support.ts'

/**
 * Somebody asks for a change, and is removed before it has its turn: both wait for the organisation, the removal first.
 * Answers what became of the change.
 */
export async function whileRemoved<T>(
  world: OrgsWorld,
  { org, who }: { readonly org: OrgId; readonly who: MemberId },
  act: (asked: Asked<Authority>) => Promise<T>,
): Promise<T> {
  const superuser = await world.database.superuser()
  const waiting = (count: number) =>
    eventually(async () => {
      const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
      return (await superuser.query(waits)).rows.length >= count || undefined
    })
  const begun = await inOrganisation(world.services.database.app, org, async (tx) => {
    await tx.selectFrom('organisations').select('id').where('id', '=', orgId.toUuid(org)).forNoKeyUpdate().execute()
    const removed = world.memberships.remove(by, instanceAuthority, org, who)
    await waiting(1)
    const acted = act(world.authorityThen(org, who))
    await waiting(2)
    return { removed, acted }
  })
  must(await begun.removed)
  return begun.acted
}
