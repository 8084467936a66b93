import { DatabaseError } from 'pg'
import type { Actor, ActorContext } from '../audit/actor.ts'
import { NOBODY } from '../audit/sealer.ts'
import { createEventWriter, type EventWriter } from '../audit/writer.ts'
import type { Config } from '../config/config.ts'
import type { DatabaseTarget } from '../db/connection.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { connectionFailure } from '../db/failure.ts'
import type { Listener } from '../db/listener.ts'
import { assertServingRole } from '../db/serving-role.ts'
import { inTransaction } from '../db/transaction.ts'
import { AppError } from '../errors/app-error.ts'
import type { OutgoingClient } from '../http/outgoing/outgoing.ts'
import { createOutgoingClient } from '../http/outgoing/outgoing-client.ts'
import { createEnqueue, type Enqueue } from '../jobs/enqueue.ts'
import type { RecordEvent } from '../keyring/event.ts'
import { type Keyring, openKeyring } from '../keyring/keyring.ts'
import { type KeySet, openKeySet } from '../keyring/signing/key-set.ts'
import { type SigningKeys, signingKeys } from '../keyring/signing/service.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Licenses } from '../licenses/service.ts'
import { algorithmOfApi } from '../oidc/apis/store.ts'
import { createRevocations, type Revocations } from '../revocations/service.ts'
import { ensureDefaultRoles } from './access.ts'
import { sealForPerson } from './event-sealer.ts'
import { openLicenses } from './licenses.ts'
import { announcing } from './revocations.ts'

/** What every process of an instance has: the server, its workers, and a command that runs beside them. */
export interface Services {
  readonly database: Database
  readonly listener: Listener
  /** What ends tokens is announced along with its event. */
  readonly events: EventWriter
  readonly revocations: Revocations
  readonly keyring: Keyring
  readonly signing: { readonly keys: SigningKeys; readonly current: KeySet }
  readonly outgoing: OutgoingClient
  /** Members of organisations choose where it leads: what is opened for the applications of the operator, is not for them. */
  readonly outgoingToWebhooks: OutgoingClient
  readonly enqueue: Enqueue
  readonly licenses: Licenses<ActorContext>
  close(): Promise<void>
}

export interface ServicesOptions {
  readonly config: Config
  readonly target: DatabaseTarget
  readonly clock: Clock
  readonly log: Log
  /** In whose name this process changes keys by itself. */
  readonly actor: Actor
  /** True where the instance begins: what it cannot be without is made. Everybody else opens what is there, or fails. */
  readonly bootstrap: boolean
}

export async function openServices(options: ServicesOptions): Promise<Services> {
  const { config, target, log } = options
  await using opened = new AsyncDisposableStack()
  try {
    const { poolSize, connectionWait } = config.database
    const database = opened.adopt(openDatabase({ target, poolSize, connectionWait, log }), (it) => it.close())
    await assertServingRole(database.app)
    const listener = opened.adopt(await database.listen(), (it) => it.close())
    const outgoing = opened.adopt(createOutgoingClient(config.outgoing), (it) => it.close())
    const toWebhooks = createOutgoingClient({ ...config.outgoing, allow: config.webhooks.allow })
    const outgoingToWebhooks = opened.adopt(toWebhooks, (it) => it.close())
    const secrets = await openSecrets(options, database, listener)
    const licenses = await openLicenses({ ...options, database, listener, ...secrets })
    if (options.bootstrap) await ensureDefaultRoles({ ...options, services: { database, ...secrets } })
    const held = opened.move()
    const enqueue = createEnqueue()
    const out = { outgoing, outgoingToWebhooks }
    return { database, listener, ...out, enqueue, licenses, ...secrets, close: () => held.disposeAsync() }
  } catch (error) {
    throw connectionFailure(options.bootstrap ? error : withoutTables(error))
  }
}

const UNDEFINED_TABLE = '42P01'

/** What has no tables yet has no keys either, and the cure is the same. */
const withoutTables = (error: unknown): unknown =>
  error instanceof DatabaseError && error.code === UNDEFINED_TABLE
    ? new AppError('keyring-empty', { cause: error })
    : error

type Secrets = Pick<Services, 'events' | 'revocations' | 'keyring' | 'signing'>

/** Events seal with the keyring and the keyring's changes are events: the one reaches the other through `made`. */
async function openSecrets(
  { config, clock, log, actor, bootstrap }: ServicesOptions,
  database: Database,
  listener: Listener,
): Promise<Secrets> {
  const made: { keyring?: Keyring } = {}
  const keyringMade = () => {
    if (!made.keyring) throw new Error('the keyring was asked for a seal before it was open')
    return made.keyring
  }
  const { longestTokenLifetime } = config.keys
  const revocations = createRevocations({ db: database.app, clock, longestTokenLifetime })
  const events = announcing(createEventWriter({ clock, sealForPerson: sealForPerson(keyringMade) }), revocations)
  const record: RecordEvent = async (tx, { action, target, before, after }) => {
    const snapshots = { ...(before && { before: { public: before } }), ...(after && { after: { public: after } }) }
    await events.recordEvent(tx, { actor }, { action, target, ...snapshots })
  }
  const keyring = await openKeyring({
    database,
    settings: config.data,
    clock,
    log,
    record,
    listener,
    mayCreate: bootstrap,
  })
  made.keyring = keyring
  const keys = signingKeys({
    owner: database.owner,
    instance: keyring.instance,
    policy: config.keys,
    algorithmOf: algorithmOfApi,
    clock,
    record,
  })
  if (bootstrap) {
    await inTransaction(database.owner, (tx) => keyring.persons.ensure(tx, NOBODY))
    await keys.ensure()
  }
  const current = await openKeySet({ db: database.app, instance: keyring.instance, listener, clock, log })
  return { events, revocations, keyring, signing: { keys, current } }
}
