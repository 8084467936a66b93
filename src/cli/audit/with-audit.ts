import type { ActorContext } from '../../audit/actor.ts'
import { type AuditLog, openAuditLog } from '../../instance/audit-log.ts'
import { openPeople, type People } from '../../instance/people.ts'
import type { Services } from '../../instance/services.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'

/** What a command that reads the log works with; `by` names the command in the log itself. */
export interface AuditAtWork extends AuditLog {
  readonly services: Services
  readonly by: ActorContext
  /** Opened for whoever names a person by their address. */
  withPeople<T>(work: (people: Pick<People, 'users'>) => Promise<T>): Promise<T>
}

export const withAudit = <T>(context: CliContext, name: string, work: (at: AuditAtWork) => Promise<T>): Promise<T> =>
  withServices(context, name, (services) => {
    const { clock, log } = context
    const config = context.config()
    return work({
      ...openAuditLog({ services, config, clock, log }),
      services,
      by: { actor: { kind: 'operator', id: name } },
      withPeople: async (ask) => {
        const people = openPeople({ ...services, config, clock, log })
        try {
          return await ask(people)
        } finally {
          await people.close()
        }
      },
    })
  })
