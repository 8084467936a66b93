import { openPeople } from './people.ts'
import type { ServeOptions } from './serve.ts'
import type { Services } from './services.ts'

/**
 * At every start until there is an administrator: whoever reads the log is the operator, and may become the first. A link
 * that still opens stays: another instance over the same database has shown it to them. It cannot be shown again, for
 * its hash is all that is kept; the way out is said instead.
 */
export async function inviteFirstAdministrator(
  services: Services,
  { config, clock, log }: ServeOptions,
): Promise<void> {
  const { setup, close } = openPeople({ ...services, config, clock, log })
  const link = await setup.ensureLink({ actor: { kind: 'system', id: 'server' } })
  await close()
  if (link.ok) {
    const { url, expiresAt } = link.value
    log.info({ until: expiresAt }, `There is no administrator yet. Open this link once to create the first one: ${url}`)
  } else if (link.error !== 'over') {
    const { issuedAt, expiresAt } = link.error
    const [at, until] = [issuedAt, expiresAt].map((time) => time.toISOString())
    log.info(
      { issuedAt, until: expiresAt },
      `There is no administrator yet. The link that was issued at ${at} creates the first one, until ${until}. Lost it? This prints another: hearthkey setup-link`,
    )
  }
}
