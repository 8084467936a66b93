import { rolesById } from '../../access/store.ts'
import { inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { MfaDemand, Rule } from '../../factors/rule.ts'
import { rolesOfPeople, rulesInSeat } from '../../factors/seat-rules.ts'
import type { Id } from '../../lib/ids.ts'
import { listSeatsOfEach } from '../../orgs/seats/store.ts'

export interface AskingRole {
  readonly id: Id<'rol'>
  readonly mfa: MfaDemand | null
  readonly apiOnly: boolean
}

/** Undefined: whoever has only roles of programs does not sign in for the organisation. */
export function rolesToActWith<Role extends AskingRole>(
  roles: readonly Role[],
  held: readonly Id<'rol'>[],
): Role[] | undefined {
  const theirs = roles.filter(({ id }) => held.includes(id))
  const usable = rolesOfPeople(theirs)
  return usable.length === 0 && theirs.length > 0 ? undefined : usable
}

/** What each organisation that one of them can act for asks of them. A page of people is two statements. */
export const seatsOfEach = (owner: Db, users: readonly Id<'usr'>[]): Promise<Map<string, Rule[][]>> =>
  inInstance(owner, async (tx) => {
    const seats = await listSeatsOfEach(tx, users)
    const held = [...new Set(seats.flatMap(({ roles }) => roles))]
    const roles = held.length > 0 ? await rolesById(tx, held) : []
    const rules = seats.flatMap(({ user, policy, roles: theirs }) => {
      const usable = rolesToActWith(roles, theirs)
      return usable ? [{ user, rules: rulesInSeat(policy, usable) }] : []
    })
    const byUser = Map.groupBy(rules, ({ user }) => user)
    return new Map([...byUser].map(([user, all]) => [user, all.map((one) => one.rules)]))
  })
