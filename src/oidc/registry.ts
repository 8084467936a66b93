import type { EventWriter } from '../audit/writer.ts'
import type { Config } from '../config/config.ts'
import type { Db } from '../db/types.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Clock } from '../lib/clock.ts'
import { type Apis, createApis } from './apis/service.ts'
import { certificatesReadBy } from './certificates/engine-certificates.ts'
import { type ClientSecrets, clientSecrets } from './clients/secret.ts'
import { type Clients, createClients } from './clients/service.ts'
import type { AssertRoom, OwnConsents, Programs } from './ports.ts'
import { type RegistrationSecrets, registrationSecrets } from './registration/token.ts'
import { type RegistrationTokens, registrationTokens } from './registration/tokens.ts'

/** Who may ask for tokens, and for what: without the engine, for a command. */
export interface Registry {
  readonly clients: Clients
  readonly apis: Apis
  readonly secrets: ClientSecrets
  readonly registrationTokens: RegistrationTokens
  readonly registrationSecrets: RegistrationSecrets
}

interface RegistryDeps {
  readonly config: Pick<Config, 'server' | 'keys'>
  readonly db: Db
  readonly events: EventWriter
  readonly keyring: Pick<Keyring, 'derive'>
  readonly programs: Programs
  readonly consents: Pick<OwnConsents, 'withdrawFrom'>
  readonly clock: Clock
  readonly makeKeysOf?: (apiUuid: string) => Promise<void>
  readonly assertRoom: AssertRoom
}

export function openRegistry(deps: RegistryDeps): Registry {
  const { config, db, events, keyring, programs, consents, clock, makeKeysOf, assertRoom } = deps
  const secrets = clientSecrets(keyring.derive('client secrets'))
  const { longestTokenLifetime } = config.keys
  const bounds = { longestTokenLifetime, certificates: certificatesReadBy(config.server) }
  const ofRegistration = registrationSecrets(keyring.derive('registration tokens'))
  return {
    secrets,
    registrationSecrets: ofRegistration,
    registrationTokens: registrationTokens({ db, events, secrets: ofRegistration, clock }),
    clients: createClients({ db, events, secrets, programs, consents, clock, assertRoom, bounds }),
    apis: createApis({
      db,
      events,
      clock,
      issuer: config.server.issuerUrl,
      longestTokenLifetime,
      ...(makeKeysOf && { makeKeysOf }),
    }),
  }
}
