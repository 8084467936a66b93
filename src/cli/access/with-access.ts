import type { Access } from '../../access/service.ts'
import type { ActorContext } from '../../audit/actor.ts'
import { openAccess } from '../../instance/access.ts'
import { registryOf } from '../../instance/registry.ts'
import type { Services } from '../../instance/services.ts'
import type { Apis } from '../../oidc/apis/service.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'

/** What a command about roles works with; `by` names the command in the log of events. */
export interface AccessAtWork {
  readonly access: Access<ActorContext>
  readonly apis: Apis
  readonly services: Services
  readonly by: ActorContext
}

export const withAccess = <T>(context: CliContext, name: string, work: (at: AccessAtWork) => Promise<T>): Promise<T> =>
  withServices(context, name, (services) => {
    const { clock } = context
    const { apis } = registryOf({ config: context.config(), services, clock })
    return work({
      access: openAccess({ services, apis, clock }),
      apis,
      services,
      by: { actor: { kind: 'operator', id: name } },
    })
  })
