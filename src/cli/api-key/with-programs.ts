import { type Companies, openCompanies } from '../../instance/companies.ts'
import { openPeople, type People } from '../../instance/people.ts'
import { registryOf } from '../../instance/registry.ts'
import type { Clients } from '../../oidc/clients/service.ts'
import type { AccessAtWork } from '../access/with-access.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'

/** What a command about programs works with; `by` names the command in the log of events. */
export interface ProgramsAtWork extends AccessAtWork, Companies {
  readonly people: Pick<People, 'users'>
  readonly clients: Clients
}

export const withPrograms = <T>(
  context: CliContext,
  name: string,
  work: (at: ProgramsAtWork) => Promise<T>,
): Promise<T> =>
  withServices(context, name, async (services) => {
    const { clock, log } = context
    const config = context.config()
    const { close, ...people } = openPeople({ ...services, config, clock, log })
    try {
      const { apis, clients } = registryOf({ config, services, clock })
      const companies = openCompanies({ config, services, people, clock })
      return await work({
        ...companies,
        apis,
        clients,
        services,
        people,
        by: { actor: { kind: 'operator', id: name } },
      })
    } finally {
      await close()
    }
  })
