import { openPeople } from './people.ts'
import type { ServeOptions } from './serve.ts'
import type { Services } from './services.ts'

/** At every start until there is an administrator: whoever reads the log is the operator, and may become the first. */
export async function inviteFirstAdministrator(
  services: Services,
  { config, clock, log }: ServeOptions,
): Promise<void> {
  const { setup, close } = openPeople({ ...services, config, clock, log })
  const link = await setup.issueLink({ actor: { kind: 'system', id: 'server' } })
  await close()
  if (!link.ok) return
  const { url, expiresAt } = link.value
  log.info({ until: expiresAt }, `There is no administrator yet. Open this link once to create the first one: ${url}`)
}
