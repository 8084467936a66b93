import { join } from 'node:path'
import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import type { Listener } from '../db/listener.ts'
import type { Tx } from '../db/types.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { createLicenses, type Licenses } from '../licenses/service.ts'
import type { Limited, Used } from '../licenses/status.ts'
import { countClients } from '../oidc/clients/store.ts'
import { countOrganisations } from '../orgs/store.ts'
import { countActiveUsers, recountActiveUsers } from '../users/store.ts'

interface LicensesOptions {
  readonly config: Pick<Config, 'licenses' | 'server' | 'data'>
  readonly database: Pick<Database, 'app'>
  readonly listener: Pick<Listener, 'connected' | 'subscribe'>
  readonly keyring: Pick<Keyring, 'instance'>
  readonly events: EventWriter
  readonly clock: Clock
  readonly log: Log
}

/** Where the vendor's public keys lie, unless the configuration says another place. */
export const licenseKeysPath = ({ licenses, data }: Pick<Config, 'licenses' | 'data'>): string =>
  licenses.keys ?? join(data.keysDir, 'license')

export const openLicenses = ({
  config,
  database,
  listener,
  keyring,
  events,
  clock,
  log,
}: LicensesOptions): Promise<Licenses<ActorContext>> => {
  const { product, required, warnBefore, inTokens } = config.licenses
  return createLicenses({
    db: database.app,
    listener,
    seals: keyring.instance,
    settings: {
      product,
      instance: config.server.issuerUrl,
      required: required === 'on',
      warnBefore,
      inTokens: inTokens === 'on',
    },
    keysPath: licenseKeysPath(config),
    clock,
    log,
    record: events.recordEvent,
    counts: { used: () => usedOf(database), anew: () => recountActiveUsers(database.app) },
    byItself: { actor: { kind: 'system', id: 'licenses' } },
  })
}

/** As a room that makes such a thing asks for it. */
export const roomFor =
  ({ assertRoom }: Pick<Licenses<ActorContext>, 'assertRoom'>, what: Limited) =>
  (tx: Tx, count: () => Promise<number>): Promise<void> =>
    assertRoom(tx, what, count)

/** How many more there may be; undefined: as many as one likes. What decides is asked when one is made. */
export async function roomOf(
  {
    licenses,
    database,
  }: { readonly licenses: Pick<Licenses<ActorContext>, 'limits'>; readonly database: Pick<Database, 'app'> },
  what: Limited,
): Promise<number | undefined> {
  const limit = (await licenses.limits())[what]
  return limit === undefined ? undefined : Math.max(0, limit - (await usedOf(database))[what])
}

/** How many there are of what a licence limits. */
export async function usedOf({ app }: Pick<Database, 'app'>): Promise<Used> {
  return {
    users: await countActiveUsers(app),
    organisations: await countOrganisations(app),
    clients: await countClients(app),
  }
}
