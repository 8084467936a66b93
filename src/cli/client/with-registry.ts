import type { ActorContext } from '../../audit/actor.ts'
import { registryOf } from '../../instance/registry.ts'
import type { Registry } from '../../oidc/registry.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'

/** Beside a running server or without one; `by` is whoever holds the host. */
export const withRegistry = <T>(
  context: CliContext,
  name: string,
  work: (registry: Registry, by: ActorContext) => Promise<T>,
): Promise<T> =>
  withServices(context, name, (services) => {
    const registry = registryOf({ config: context.config(), services, clock: context.clock })
    return work(registry, { actor: { kind: 'operator', id: name } })
  })
