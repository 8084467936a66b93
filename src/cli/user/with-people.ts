import type { ActorContext } from '../../audit/actor.ts'
import type { Db } from '../../db/types.ts'
import type { RuleOf } from '../../factors/may-remove.ts'
import { openCompanies } from '../../instance/companies.ts'
import { roomOf } from '../../instance/licenses.ts'
import { openPeople, type People } from '../../instance/people.ts'
import { rulesOfPerson } from '../../instance/rules-of-person.ts'
import type { UserId } from '../../users/user.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'

/** What a command about people works with; `by` names the command in the log of events. */
export interface PeopleAtWork extends Omit<People, 'close'> {
  readonly db: Db
  readonly by: ActorContext
  /** How many more users there may be; undefined: as many as one likes. */
  room(): Promise<number | undefined>
  /** All that ask for a second factor of somebody. */
  rulesOf(user: UserId): Promise<readonly RuleOf[]>
  now(): Date
}

export const withPeople = <T>(context: CliContext, name: string, work: (people: PeopleAtWork) => Promise<T>) =>
  withServices(context, name, async (services) => {
    const { config, clock, log } = context
    const { close, ...people } = openPeople({
      config: config(),
      ...services,
      clock,
      log,
    })
    try {
      const db = services.database.app
      const room = () => roomOf(services, 'users')
      const rulesOf = (user: UserId) =>
        rulesOfPerson({ db, config: config(), ...openCompanies({ config: config(), services, people, clock }) })(user)
      return await work({ ...people, db, room, rulesOf, now: clock.now, by: { actor: { kind: 'operator', id: name } } })
    } finally {
      await close()
    }
  })
