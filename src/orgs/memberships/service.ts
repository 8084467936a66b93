import type { Asked } from '../../db/asked.ts'
import { inOrganisation, inTransaction, type OrgTx } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import type { Result } from '../../lib/result.ts'
import type { Organisation, OrgId } from '../org.ts'
import type { Acting, Authority, People, Programs, RecordOrgEvent, Revoked, Role, Roles } from '../ports.ts'
import type { Seats } from '../seats/service.ts'
import { type AddRefusal, addMember } from './add.ts'
import type { AdmitsAddress } from './admission.ts'
import type { JoinMember } from './join.ts'
import type { MembershipMail } from './letter.ts'
import type { MemberId, Membership } from './membership.ts'
import { type OwnOrganisation, organisationsOf } from './of-person.ts'
import { type RolesRefusal, setMemberRoles } from './roles.ts'
import { type StandingRefusal, standings } from './standing.ts'
import { findMembership, listMemberships, type MemberPage } from './store.ts'

export interface MembershipsDeps<By> {
  readonly db: Db
  readonly people: Pick<People, 'findIn' | 'isActive'>
  readonly mail: MembershipMail
  readonly programs: Programs
  readonly roles: Roles
  readonly admits: AdmitsAddress
  readonly join: JoinMember<By>
  readonly seats: Pick<Seats, 'ofMember'>
  readonly clock: Clock
  readonly record: RecordOrgEvent<By>
  readonly revoked: Revoked
}

export interface MemberWithRoles extends Membership {
  readonly roleKeys: readonly string[]
}

/**
 * Who works for which organisation. Everything here acts on the membership and nothing on the person: not their factors,
 * their address, their sessions elsewhere or whether they may sign in at all.
 */
export interface Memberships<By> {
  /** Without asking the person: for whoever administers the instance, and for programs. People are invited. */
  add(
    by: By,
    authority: Asked<Authority>,
    org: OrgId,
    member: MemberId,
    roles: readonly string[],
  ): Promise<Result<Membership, AddRefusal>>
  /** The same inside a larger change, which holds the organisation. After a refusal the transaction must be rolled back. */
  addIn(
    tx: OrgTx,
    by: By,
    authority: Authority,
    org: Organisation,
    member: MemberId,
    roles: readonly string[],
  ): Promise<Result<Membership, AddRefusal>>
  setRoles(
    by: By,
    authority: Asked<Authority>,
    org: OrgId,
    member: MemberId,
    roles: readonly string[],
  ): Promise<Result<Membership, RolesRefusal>>
  suspend(
    by: By,
    authority: Asked<Authority>,
    org: OrgId,
    member: MemberId,
  ): Promise<Result<Membership, StandingRefusal>>
  readmit(
    by: By,
    authority: Asked<Authority>,
    org: OrgId,
    member: MemberId,
  ): Promise<Result<Membership, StandingRefusal>>
  remove(
    by: By,
    authority: Asked<Authority>,
    org: OrgId,
    member: MemberId,
  ): Promise<Result<Membership, StandingRefusal>>
  /** The same inside a larger change, which holds the organisation and is in its scope. */
  removeIn(
    tx: OrgTx,
    by: By,
    authority: Asked<Authority>,
    org: OrgId,
    member: MemberId,
  ): Promise<Result<Membership, StandingRefusal>>
  /** By oneself: it takes nobody's leave. */
  leave(by: By, org: OrgId, person: Id<'usr'>): Promise<Result<Membership, StandingRefusal>>
  find(org: OrgId, member: MemberId): Promise<MemberWithRoles | undefined>
  list(page: { readonly org: OrgId } & MemberPage): Promise<MemberWithRoles[]>
  /** By name, with what they are there. */
  organisationsOf(person: Id<'usr'>): Promise<OwnOrganisation[]>
}

export function createMemberships<By extends Acting>(deps: MembershipsDeps<By>): Memberships<By> {
  const { db, roles } = deps
  const { add, addIn } = addMember(deps)
  const withKeys = async (tx: OrgTx, membership: Membership): Promise<MemberWithRoles> => {
    const held: readonly Role[] = membership.roles.length > 0 ? await roles.rolesFor(tx, membership.roles) : []
    return { ...membership, roleKeys: held.map(({ key }) => key) }
  }
  return {
    add,
    addIn,
    setRoles: setMemberRoles(deps),
    ...standings(deps),
    find: (org, member) =>
      inOrganisation(db, org, async (tx) => {
        const found = await findMembership(tx, org, member)
        return found && withKeys(tx, found)
      }),
    list: ({ org, ...page }) =>
      inOrganisation(db, org, async (tx) => {
        const listed: MemberWithRoles[] = []
        // One after the other: the roles of all but the first few are remembered.
        for (const membership of await listMemberships(tx, org, page)) listed.push(await withKeys(tx, membership))
        return listed
      }),
    organisationsOf: async (person) => {
      const own = await deps.seats.ofMember(db, person)
      return inTransaction(db, (tx) => organisationsOf(tx, roles, own))
    },
  }
}
