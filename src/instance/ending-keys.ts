import { lookAfterEnding } from '../api-keys/ending.ts'
import type { ActorContext } from '../audit/actor.ts'
import type { Config } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { openAccess } from './access.ts'
import { openPeople } from './people.ts'
import { registryOf } from './registry.ts'
import type { Services } from './services.ts'
import { tellingKeepers } from './tell-keepers.ts'

interface EndingOptions {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
  readonly log: Log
}

/** A letter that waits longer than this says nothing that helps. */
const LETTER_MS = 7 * 24 * 3_600_000

/** In every organisation. */
export async function lookAfterEndingKeys(options: EndingOptions, signal: AbortSignal): Promise<void> {
  const { config, services, clock, log } = options
  const { close, users, mail } = openPeople({ ...services, config, clock, log })
  const access = openAccess({ services, apis: registryOf({ config, services, clock }).apis, clock })
  try {
    await lookAfterEnding<ActorContext>(
      {
        owner: services.database.owner,
        owners: { person: users.findIn },
        warn: (tx, { user, key, organisation, expiresAt }) =>
          mail.send(tx, {
            to: { address: user.email, name: user.name, locale: user.locale, person: user.id },
            message: { name: 'api-key-expiring', key: key.name, organisation, expiresAt },
            expiresAt: new Date(Math.min(expiresAt.getTime(), clock.now().getTime() + LETTER_MS)),
          }),
        tellKeepers: tellingKeepers({ access, users, mail, clock }),
        record: services.events.recordEvent,
        by: (organisation) => ({ actor: { kind: 'system', id: 'api_keys.ending' }, organisation }),
        warnBefore: config.apiKeys.warnBefore,
        clock,
      },
      signal,
    )
  } finally {
    await close()
  }
}
