import type { Access } from '../access/service.ts'
import type { ActorContext } from '../audit/actor.ts'
import type { Config } from '../config/config.ts'
import { enterOrganisation, inTransaction } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { ruleOfInstance } from '../factors/instance-rule.ts'
import type { RuleOf } from '../factors/may-remove.ts'
import { rulesOfSeat } from '../factors/seat-rules.ts'
import type { Orgs } from '../orgs/service.ts'
import type { UserId } from '../users/user.ts'

interface RulesDeps {
  readonly db: Db
  readonly config: Pick<Config, 'mfa'>
  readonly orgs: Pick<Orgs<ActorContext>, 'seats'>
  readonly access: Pick<Access<ActorContext>, 'rolesFor'>
}

/** All that ask for a second factor of one person, by name: the instance, the organisations they work for, their roles there. */
export const rulesOfPerson =
  ({ db, config: { mfa }, orgs: { seats }, access }: RulesDeps) =>
  async (user: UserId): Promise<RuleOf[]> => {
    const ofInstance: RuleOf = { whose: { kind: 'instance' }, rule: ruleOfInstance(mfa) }
    // Where they are suspended as well: readmitted, they must find what is asked of them there.
    const own = await seats.ofMember(db, user)
    const theirs = await inTransaction(db, async (tx) => {
      const rules: RuleOf[] = []
      for (const { organisation: id, name: organisation } of own) {
        const seat = await seats.seatOf(tx, id, user)
        if (!seat) continue
        const roles = seat.roles.length > 0 ? await access.rolesFor(await enterOrganisation(tx, id), seat.roles) : []
        const { own, ofRoles } = rulesOfSeat(seat.organisation.policy, roles)
        if (own) rules.push({ whose: { kind: 'organisation', organisation }, rule: own })
        for (const { role, rule } of ofRoles)
          rules.push({ whose: { kind: 'role', role: role.name, organisation }, rule })
      }
      return rules
    })
    return [ofInstance, ...theirs]
  }
