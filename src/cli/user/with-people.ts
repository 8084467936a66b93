import type { ActorContext } from '../../audit/actor.ts'
import type { Db } from '../../db/types.ts'
import { roomOf } from '../../instance/licenses.ts'
import { openPeople, type People } from '../../instance/people.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'

/** What a command about people works with; `by` names the command in the log of events. */
export interface PeopleAtWork extends Omit<People, 'close'> {
  readonly db: Db
  readonly by: ActorContext
  /** How many more users there may be; undefined: as many as one likes. */
  room(): Promise<number | undefined>
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
      return await work({ ...people, db, room, by: { actor: { kind: 'operator', id: name } } })
    } finally {
      await close()
    }
  })
