import { givesRolesAway, isLeading } from '../access/leading-store.ts'
import { alertFollower } from '../alerts/follower.ts'
import { alertLetter } from '../alerts/letters/job.ts'
import { tellOfAlerts } from '../alerts/letters/write.ts'
import type { Administrators, NameOf } from '../alerts/ports.ts'
import type { Follower } from '../audit/following/follower.ts'
import { NOBODY } from '../audit/sealer.ts'
import type { Config } from '../config/config.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Users } from '../users/service.ts'
import { activeAdministrators } from '../users/store.ts'
import { type User, userId } from '../users/user.ts'
import { addressesIn } from './named-addresses.ts'
import { openPeople } from './people.ts'
import type { Services } from './services.ts'

interface AlertOptions {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
  readonly log: Log
}

export const alertJobKinds = [alertLetter]

export const followForAlerts = ({ config, services, clock, log }: AlertOptions): Follower =>
  alertFollower({
    settings: config.alerts,
    record: services.events.recordEvent,
    leads: isLeading,
    nobody: NOBODY,
    gives: givesRolesAway,
    enqueue: services.enqueue,
    clock,
    log,
  })

export function alertJobHandlers(options: AlertOptions): JobHandler[] {
  const { config, services, clock, log } = options
  const readers = addressesIn(config, 'alerts.mail')?.map((address) => ({ address }))
  return [
    handle(alertLetter, async () => {
      const { close, users, mail } = openPeople({ ...services, config, clock, log })
      try {
        await tellOfAlerts({
          owner: services.database.owner,
          mail,
          rules: config.alerts.letters,
          readers,
          ...peopleOf(users),
          enqueue: services.enqueue,
          letterEvery: config.alerts.letterEvery,
          clock,
        })
      } finally {
        await close()
      }
    }),
  ]
}

function peopleOf({ findIn }: Pick<Users<unknown>, 'findIn'>): {
  readonly administrators: Administrators
  readonly nameOf: NameOf
} {
  const isThere = (user: User | undefined): user is User => user !== undefined
  return {
    administrators: async (tx, most) => {
      const found: (User | undefined)[] = []
      for (const id of await activeAdministrators(tx, most)) found.push(await findIn(tx, id))
      return found.filter(isThere).map(({ id, email, name, locale }) => ({ address: email, name, locale, person: id }))
    },
    nameOf: async (tx, subject) => {
      const user = userId.is(subject) ? await findIn(tx, subject) : undefined
      return user && `${user.name} (${user.email})`
    },
  }
}
