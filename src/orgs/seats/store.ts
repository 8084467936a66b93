import { type RawBuilder, sql } from 'kysely'
import { plainRead } from '../../db/plain-read.ts'
import { statement, type Whose } from '../../db/statement.ts'
import type { InstanceTx, MemberTx, OrgTx } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { memberUuid } from '../memberships/member-id.ts'
import type { MemberId, Membership, Seat } from '../memberships/membership.ts'
import { membershipStatusIn, removed, roleId } from '../memberships/store.ts'
import { type OrgId, orgId } from '../org.ts'
import { type Policy, policyShape } from '../policy/policy.ts'
import { type SeatRow, seatIn } from './seat-row.ts'

const userId = defineId('usr')

/** One round trip, by primary keys alone. From here on the transaction has the scope of the organisation. */
export async function findSeat(tx: Tx, organisation: OrgId, member: MemberId): Promise<Seat | undefined> {
  const { rows } = await sql<SeatRow>`
    SELECT * FROM membership_of(${orgId.toUuid(organisation)}::uuid, ${memberUuid(member)}::uuid)`.execute(tx)
  const [row] = rows
  return row && seatIn(row, organisation, member)
}

/** Of what a statement changed: whose seat is read next. */
export interface Changed {
  readonly org_id: string
  readonly member_id: string
}

/**
 * The same in one round trip with a change that comes first: who asks for a token at each refresh would wait for one more
 * otherwise. Where nothing was changed no scope is opened, and the answer is undefined.
 */
export async function findSeatAfter(
  tx: Tx,
  change: RawBuilder<Changed>,
  organisation: OrgId,
  member: MemberId,
): Promise<{ readonly seat: Seat | undefined } | undefined> {
  const { rows } = await sql<SeatRow | { readonly slug: null }>`
    WITH changed AS (${change})
    SELECT seat.* FROM changed LEFT JOIN LATERAL membership_of(changed.org_id, changed.member_id) seat ON true`.execute(
    tx,
  )
  const [row] = rows
  return row && { seat: row.slug === null ? undefined : seatIn(row, organisation, member) }
}

interface SeatOfUser {
  readonly user: Id<'usr'>
  readonly policy: Policy
  readonly roles: readonly Id<'rol'>[]
}

/** Where each of these people may act, in one statement. */
export async function listSeatsOfEach(tx: InstanceTx, users: readonly Id<'usr'>[]): Promise<SeatOfUser[]> {
  const rows = await tx
    .selectFrom('memberships as m')
    .innerJoin('organisations as o', 'o.id', 'm.org_id')
    .select(['m.member_id', 'o.policy'])
    .select(
      sql<string[]>`ARRAY(SELECT r.role_id FROM membership_roles r
        WHERE r.org_id = m.org_id AND r.member_id = m.member_id ORDER BY r.role_id)`.as('role_ids'),
    )
    .where('m.member_id', '=', sql<string>`ANY(${users.map(userId.toUuid)}::uuid[])`)
    .where('m.status', '!=', removed)
    .where('m.status', '=', 'active')
    .where('o.status', '=', 'active')
    .orderBy('o.id')
    .execute()
  return rows.map(({ member_id, policy, role_ids }) => ({
    user: userId.fromUuid(member_id),
    policy: policyShape.parse(policy),
    roles: role_ids.map(roleId.fromUuid),
  }))
}

/** Where the member may act, through `memberships_of_member`. */
const active = (tx: MemberTx, member: MemberId) =>
  tx
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.org_id')
    .where('memberships.member_id', '=', memberUuid(member))
    .where('memberships.status', '!=', removed)
    .where('memberships.status', '=', 'active')
    .where('organisations.status', '=', 'active')

export async function findOwn(tx: MemberTx, member: MemberId, by: { slug: string } | { id: OrgId }) {
  const found = active(tx, member).select('organisations.id')
  const row = await ('slug' in by
    ? found.where('organisations.slug', '=', by.slug)
    : found.where('organisations.id', '=', orgId.toUuid(by.id))
  ).executeTakeFirst()
  return row && orgId.fromUuid(row.id)
}

export interface Choice {
  readonly id: OrgId
  readonly slug: string
  readonly name: string
}

/** Longer lists are chosen from by nobody; whoever is in more asks by name. */
const MOST_TO_CHOOSE = 500

/** One round trip, and from here on a transaction has the scope of the member, whom a part of the statement names. */
export function choiceFinder<Values>(whose: Whose<Values>): (db: Db, values: Values) => Promise<Choice[]> {
  const listing = statement<Values, { id: string; slug: string; name: string }>((db, part) => {
    // The scope that it opens ends with the statement where there is no transaction around it.
    const reading = plainRead(sql<{ id: string; slug: string; name: string }>`
      SELECT * FROM organisations_to_choose(${whose(part)}, ${MOST_TO_CHOOSE})`)
    return { compile: () => reading.compile(db) }
  })
  return async (db, values) =>
    (await listing(db, values)).rows.map(({ id, slug, name }) => ({ id: orgId.fromUuid(id), slug, name }))
}

const listOf = choiceFinder<{ member: string }>((part) => sql<string>`${part((values) => values).member}::uuid`)

export const listToChoose = (db: Db, member: MemberId): Promise<Choice[]> => listOf(db, { member: memberUuid(member) })

export interface OwnMembership extends Omit<Membership, 'member'> {
  readonly slug: string
  readonly name: string
  readonly organisationIsActive: boolean
}

/** With those that are suspended: whoever looks for one of theirs is told why it is not offered. */
export async function listOwn(tx: MemberTx, member: MemberId): Promise<OwnMembership[]> {
  const rows = await tx
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.org_id')
    .select([
      'memberships.org_id',
      'memberships.status',
      'memberships.joined_at',
      'organisations.slug',
      'organisations.name',
      'organisations.status as org_status',
    ])
    .select(
      sql<string[]>`ARRAY(SELECT r.role_id FROM membership_roles r
        WHERE r.org_id = memberships.org_id AND r.member_id = memberships.member_id ORDER BY r.role_id)`.as('role_ids'),
    )
    .where('memberships.member_id', '=', memberUuid(member))
    .where('memberships.status', '!=', removed)
    .where('organisations.status', '!=', 'deleted')
    .orderBy('organisations.name')
    .orderBy('organisations.id')
    .limit(MOST_TO_CHOOSE)
    .execute()
  return rows.map(({ org_id, status, joined_at, slug, name, org_status, role_ids }) => ({
    organisation: orgId.fromUuid(org_id),
    slug,
    name,
    organisationIsActive: org_status === 'active',
    status: membershipStatusIn(status),
    joinedAt: joined_at,
    roles: role_ids.map(roleId.fromUuid),
  }))
}

/** By id, all of them. */
export async function everyOrganisationOf(tx: MemberTx, member: MemberId): Promise<OrgId[]> {
  const rows = await tx
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.org_id')
    .select('organisations.id')
    .where('memberships.member_id', '=', memberUuid(member))
    .where('memberships.status', '!=', removed)
    .where('organisations.status', '!=', 'deleted')
    .orderBy('organisations.id')
    .execute()
  return rows.map(({ id }) => orgId.fromUuid(id))
}

type User = Id<'usr'>

export async function findChoice(db: Db, user: User, clientId: string): Promise<OrgId | undefined> {
  const row = await db
    .selectFrom('organisation_choices')
    .select('org_id')
    .where('user_id', '=', userId.toUuid(user))
    .where('client_id', '=', clientId)
    .executeTakeFirst()
  return row && orgId.fromUuid(row.org_id)
}

export interface RememberedChoice {
  readonly clientId: string
  readonly organisation: OrgId
  readonly chosenAt: Date
}

export async function listChoices(db: Db, user: User): Promise<RememberedChoice[]> {
  const rows = await db
    .selectFrom('organisation_choices')
    .select(['client_id', 'org_id', 'chosen_at'])
    .where('user_id', '=', userId.toUuid(user))
    .orderBy('client_id')
    .execute()
  return rows.map(({ client_id, org_id, chosen_at }) => ({
    clientId: client_id,
    organisation: orgId.fromUuid(org_id),
    chosenAt: chosen_at,
  }))
}

export async function saveChoice(tx: Tx, user: User, clientId: string, org: OrgId, at: Date): Promise<void> {
  const chosen = { org_id: orgId.toUuid(org), chosen_at: at }
  await tx
    .insertInto('organisation_choices')
    .values({ user_id: userId.toUuid(user), client_id: clientId, ...chosen })
    .onConflict((conflict) => conflict.columns(['user_id', 'client_id']).doUpdateSet(chosen))
    .execute()
}

export async function deleteChoice(tx: Tx, user: User, clientId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('organisation_choices')
    .where('user_id', '=', userId.toUuid(user))
    .where('client_id', '=', clientId)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** Of one member, or of everybody, which is what organisation_choices_of_org is for. */
export async function deleteChoicesOf(tx: OrgTx, org: OrgId, user?: User): Promise<void> {
  await tx
    .deleteFrom('organisation_choices')
    .where('org_id', '=', orgId.toUuid(org))
    .$if(user !== undefined, (query) => query.where('user_id', '=', user ? userId.toUuid(user) : ''))
    .execute()
}
