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

export interface LeavingDeps {
  readonly seats: Pick<Seats, 'everyOrganisationOf'>
  readonly memberships: Pick<Memberships<ActorContext>, 'removeIn'>
}

type Leaving = { readonly organisation: Id<'org'>; readonly account: Id<'sva'> }

/** The organisation that looks after a program, and all others where it is a member, in one order whoever asks. */
const everyOrganisationOf =
  ({ seats }: Pick<LeavingDeps, 'seats'>) =>
  async (tx: OrgTx, { organisation, account }: Leaving): Promise<Id<'org'>[]> =>
    [...new Set([organisation, ...(await seats.everyOrganisationOf(tx, account))])].sort()

export const holdingAll =
  (deps: Pick<LeavingDeps, 'seats'>) =>
  async (tx: OrgTx, organisation: Id<'org'>, accounts: readonly Id<'sva'>[]): Promise<void> => {
    const concerned = new Set([organisation])
    for (const account of accounts)
      for (const id of await everyOrganisationOf(deps)(tx, { organisation, account })) concerned.add(id)
    for (const id of [...concerned].sort()) await holdOrganisation(await enterOrganisation(tx, id), id)
    await enterOrganisation(tx, organisation)
  }

/**
 * A program that ends works nowhere any more. Its own organisation judges that; the others are not asked, because a program
 * that there is not can do nothing for them.
 */
export const leavingAll =
  ({ seats, memberships }: LeavingDeps) =>
  async (tx: OrgTx, by: ActorContext, authority: Authority, of: Leaving): Promise<Result<unknown, LeavingRefusal>> => {
    const { organisation, account } = of
    for (const id of await everyOrganisationOf({ seats })(tx, of)) {
      const whose = id === organisation ? forPrograms(authority) : instanceAuthority
      const scoped = await enterOrganisation(tx, id)
      // Held before, but for one that it joined while we waited for the others.
      await holdOrganisation(scoped, id)
      const left = await memberships.removeIn(scoped, by, whose, id, account)
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
