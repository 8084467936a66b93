import type { Config } from '../config/config.ts'
import { enterInstance, enterOrganisation } from '../db/transaction.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { activeAdministrators } from '../users/store.ts'
import type { Endpoint } from '../webhooks/endpoints/endpoint.ts'
import type { TellKeepers } from '../webhooks/endpoints/ports.ts'
import { openAccess } from './access.ts'
import { openPeople } from './people.ts'
import { registryOf } from './registry.ts'
import type { Services } from './services.ts'
import { writingToKeepers } from './tell-keepers.ts'

interface KeepersOptions {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
  readonly log: Log
}

/** Enough that somebody reads it. */
const MOST = 20
/** A letter that waits longer than this says nothing that helps. */
const LETTER_MS = 7 * 24 * 3_600_000

/** Of an organisation: its members who may look after webhooks. Of the instance, and where there is none of them: its administrators. */
export const tellingWebhookKeepers =
  ({ config, services, clock, log }: KeepersOptions): TellKeepers =>
  async (tx, endpoint, at) => {
    const { close, users, mail } = openPeople({ ...services, config, clock, log })
    try {
      const { organisation } = endpoint
      let called: string | undefined
      if (organisation) {
        const access = openAccess({ services, apis: registryOf({ config, services, clock }).apis, clock })
        const write = writingToKeepers({ access, users, mail, clock }, 'webhooks.manage')
        const scoped = await enterOrganisation(tx, organisation)
        const told = await write(scoped, organisation, (name) => {
          called = name
          return { message: messageOf(endpoint, at, name) }
        })
        if (told > 0) return
        // Nobody there reads mail: somebody has to know.
        await enterInstance(tx)
      }
      for (const id of await activeAdministrators(tx, MOST)) {
        const user = await users.findIn(tx, id)
        if (!user) continue
        await mail.send(tx, {
          to: { address: user.email, name: user.name, locale: user.locale, person: user.id },
          message: messageOf(endpoint, at, called),
          expiresAt: new Date(at.getTime() + LETTER_MS),
        })
      }
    } finally {
      await close()
    }
  }

const messageOf = ({ id, name, url }: Endpoint, at: Date, organisation?: string) => ({
  name: 'webhook-disabled' as const,
  id,
  webhook: name,
  host: new URL(url).host,
  at,
  ...(organisation !== undefined && { organisation }),
})
