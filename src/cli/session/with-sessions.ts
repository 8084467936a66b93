import type { ActorContext } from '../../audit/actor.ts'
import type { Db } from '../../db/types.ts'
import { openPeople, type People } from '../../instance/people.ts'
import { registryOf } from '../../instance/registry.ts'
import type { Services } from '../../instance/services.ts'
import { openSignIns, type SignIns } from '../../instance/sign-ins.ts'
import type { Clients } from '../../oidc/clients/service.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'

/** What a command about sessions works with; `by` names the command in the log of events. */
export interface SessionsAtWork extends Pick<People, 'users' | 'sessions'> {
  readonly services: Services
  readonly db: Db
  readonly clients: Pick<Clients, 'find'>
  readonly signIns: SignIns
  readonly by: ActorContext
}

export const withSessions = <T>(
  context: CliContext,
  name: string,
  work: (at: SessionsAtWork) => Promise<T>,
): Promise<T> =>
  withServices(context, name, async (services) => {
    const { clock, log } = context
    const config = context.config()
    const { close, ...people } = openPeople({ ...services, config, clock, log })
    try {
      const { clients } = registryOf({ config, services, clock })
      const signIns = openSignIns({ services, people })
      const by = { actor: { kind: 'operator', id: name } } as const
      return await work({ ...people, services, db: services.database.app, clients, signIns, by })
    } finally {
      await close()
    }
  })
