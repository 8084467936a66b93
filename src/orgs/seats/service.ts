import type { RawBuilder } from 'kysely'
import type { Whose } from '../../db/statement.ts'
import { inMember, inTransaction } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import type { MemberId, Seat } from '../memberships/membership.ts'
import { isSlug, type OrgId, orgId } from '../org.ts'
import { seatFrom } from './seat-text.ts'
import {
  type Changed,
  type Choice,
  choiceFinder,
  deleteChoice,
  everyOrganisationOf,
  findChoice,
  findOwn,
  findSeat,
  findSeatAfter,
  listChoices,
  listOwn,
  listToChoose,
  type OwnMembership,
  type RememberedChoice,
  saveChoice,
} from './store.ts'

/** What a sign-in and a token ask: whether somebody works for an organisation, for which ones, and which they chose. */
export interface Seats {
  /** One statement, which also opens the scope of the organisation. Undefined for whoever was removed, and what is deleted. */
  seatOf(tx: Tx, organisation: OrgId, member: MemberId): Promise<Seat | undefined>
  /** Of what `seat_held` answered to a statement of another room. */
  seatFrom(text: string | null, organisation: OrgId, member: MemberId): Seat | undefined
  /** The same in one statement with a change that comes first; undefined where that changed nothing. */
  seatAfter(
    tx: Tx,
    change: RawBuilder<Changed>,
    organisation: OrgId,
    member: MemberId,
  ): Promise<{ readonly seat: Seat | undefined } | undefined>
  /** By id or slug, among those in which the member is active: of others nobody learns whether there are any. */
  named(db: Db, member: MemberId, idOrSlug: string): Promise<OrgId | undefined>
  /** Active ones in which the member is active, by name. */
  toChoose(db: Db, member: MemberId): Promise<Choice[]>
  /** The same for whom another room's part of a statement names. */
  choiceFinder<Values>(whose: Whose<Values>): (db: Db, values: Values) => Promise<Choice[]>
  /** All of somebody's own, by name, with those where they are suspended. */
  ofMember(db: Db, member: MemberId): Promise<OwnMembership[]>
  /** However many, and also where they are suspended: for what ends everywhere. */
  everyOrganisationOf(db: Db, member: MemberId): Promise<OrgId[]>
  /** What was chosen may have ended since: whoever asks compares with `toChoose`, or asks `seatOf`. */
  remembered(db: Db, user: Id<'usr'>, clientId: string): Promise<OrgId | undefined>
  remember(tx: Tx, user: Id<'usr'>, clientId: string, organisation: OrgId): Promise<void>
  choicesOf(db: Db, user: Id<'usr'>): Promise<RememberedChoice[]>
  forget(user: Id<'usr'>, clientId: string): Promise<boolean>
}

interface SeatsDeps {
  readonly db: Db
  readonly clock: Clock
}

export const createSeats = ({ db, clock }: SeatsDeps): Seats => ({
  seatOf: findSeat,
  seatFrom,
  seatAfter: findSeatAfter,
  named: async (at, member, text) => {
    const by = orgId.is(text) ? { id: text } : isSlug(text) ? { slug: text } : undefined
    return by && inMember(at, member, (tx) => findOwn(tx, member, by))
  },
  toChoose: listToChoose,
  choiceFinder,
  ofMember: (at, member) => inMember(at, member, (tx) => listOwn(tx, member)),
  everyOrganisationOf: (at, member) => inMember(at, member, (tx) => everyOrganisationOf(tx, member)),
  remembered: findChoice,
  remember: (tx, user, clientId, organisation) => saveChoice(tx, user, clientId, organisation, clock.now()),
  choicesOf: listChoices,
  forget: (user, clientId) => inTransaction(db, (tx) => deleteChoice(tx, user, clientId)),
})
