import { openServices, type Services } from '../../instance/services.ts'
import { reachTarget } from '../../instance/target.ts'
import type { CliContext } from '../context.ts'

/** Beside a running server or without one; what the command changes is recorded in its name. */
export async function withServices<T>(
  { config, clock, log }: CliContext,
  name: string,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  const settings = config()
  await using held = new AsyncDisposableStack()
  const { target, release } = await reachTarget(settings, log)
  held.defer(release)
  const actor = { kind: 'operator', id: name } as const
  const services = await openServices({ config: settings, target, clock, log, actor, bootstrap: false })
  held.defer(() => services.close())
  // Awaited here: what is held must outlive the work.
  return await work(services)
}
