import { type Authority, instanceAuthority } from '../access/authority.ts'
import type { ActorContext } from '../audit/actor.ts'
import { enterOrganisation, type OrgTx } from '../db/transaction.ts'
import type { Id } from '../lib/ids.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Memberships } from '../orgs/memberships/service.ts'
import type { StandingRefusal } from '../orgs/memberships/standing.ts'
import type { Seats } from '../orgs/seats/service.ts'
import { holdOrganisation } from '../orgs/store.ts'

export type LeavingRefusal = Exclude<StandingRefusal, 'already' | 'no-member'>

interface LeavingDeps {
  readonly seats: Pick<Seats, 'ofMember'>
  readonly memberships: Pick<Memberships<ActorContext>, 'removeIn'>
}

/**
 * A program that ends works nowhere any more. Its own organisation judges that; the others are not asked, because a program
 * that there is not can do nothing for them.
 */
export const leavingAll =
  ({ seats, memberships }: LeavingDeps) =>
  async (
    tx: OrgTx,
    by: ActorContext,
    authority: Authority,
    { organisation, account }: { readonly organisation: Id<'org'>; readonly account: Id<'sva'> },
  ): Promise<Result<unknown, LeavingRefusal>> => {
    const own = (await seats.ofMember(tx, account)).map((one) => one.organisation)
    // All are held before anything is changed, and in one order: of two that end at once neither waits for the other.
    const all = [...new Set([organisation, ...own])].sort()
    for (const id of all) await holdOrganisation(await enterOrganisation(tx, id), id)
    for (const id of all) {
      const whose = id === organisation ? forPrograms(authority) : instanceAuthority
      const left = await memberships.removeIn(await enterOrganisation(tx, id), by, whose, id, account)
      if (!left.ok && left.error !== 'no-member' && left.error !== 'already') return fail(left.error)
    }
    await enterOrganisation(tx, organisation)
    return ok(undefined)
  }

/** Whoever looks after programs may take them out as well; people they may not. */
const forPrograms = (authority: Authority): Authority => ({
  ...authority,
  allows: (permission) => authority.allows(permission === 'members.remove' ? 'service-accounts.manage' : permission),
})
