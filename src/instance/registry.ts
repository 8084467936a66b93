import type { Config } from '../config/config.ts'
import type { Clock } from '../lib/clock.ts'
import { openRegistry, type Registry } from '../oidc/registry.ts'
import { openConsents } from './consents.ts'
import { roomFor } from './licenses.ts'
import { programs } from './programs.ts'
import type { Services } from './services.ts'

interface RegistryOptions {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
}

/** Clients and APIs for a command or a job; an API with keys of its own gets them here. */
export const registryOf = ({ config, services, clock }: RegistryOptions): Registry => {
  const { database, events, keyring, signing, licenses } = services
  const makeKeysOf = (api: string) => signing.keys.ofApi(api).ensure()
  return openRegistry({
    config,
    db: database.app,
    events,
    keyring,
    programs,
    consents: openConsents({ db: database.app, events, clock }),
    clock,
    makeKeysOf,
    assertRoom: roomFor(licenses, 'clients'),
  })
}
