import type { Listener } from '../db/listener.ts'
import type { Db } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Secret } from '../lib/secret.ts'
import { type BlindIndex, blindIndex } from './blind-index/blind-index.ts'
import { bootstrapDataKeys } from './data-keys/bootstrap.ts'
import type { DataKeyId } from './data-keys/data-key.ts'
import { loadInstanceKeys } from './data-keys/instance-keys.ts'
import { resealAll } from './data-keys/reseal.ts'
import {
  closeOldSealKeys,
  destroyUnusedSealKeys,
  hasOldSealKeys,
  rotateSealKey,
  rotateSealKeyIfDue,
} from './data-keys/rotation.ts'
import { deriveSecret } from './derive.ts'
import type { RecordEvent } from './event.ts'
import { type MasterRotation, rotateMasterKey } from './master/rotate.ts'
import { findMaster, type MasterKeySettings } from './master/source.ts'
import { DATA_KEYS_CHANNEL, INSTANCE_KEYS } from './notice.ts'
import { type PersonKeys, personKeys } from './person-keys/person-keys.ts'
import { instanceSealer } from './seal/instance-sealer.ts'
import { listSealedColumns, registration } from './seal/sealed-columns.ts'
import type { Sealer } from './seal/sealer.ts'

export interface KeyringDeps {
  readonly database: { readonly app: Db; readonly owner: Db }
  readonly settings: MasterKeySettings
  readonly clock: Clock
  readonly log: Log
  readonly record: RecordEvent
  /** Without one (a command that runs and ends) nothing is remembered that another process could destroy. */
  readonly listener?: Pick<Listener, 'connected' | 'subscribe'>
  /** False for whoever opens what another process has begun: an empty database is an error then. */
  readonly mayCreate?: boolean
}

export interface Keyring {
  readonly instance: Sealer
  readonly persons: Pick<PersonKeys, 'create' | 'ensure' | 'of' | 'ofAll' | 'destroy'>
  readonly blindIndex: BlindIndex
  /** 32 secret bytes for one purpose, the same on all instances and after every start. */
  derive(purpose: string): Secret<Buffer>
  /** A new seal key for everything sealed from now on. */
  rotateSealKey(): Promise<DataKeyId>
  /** Re-seals what older keys hold, closes them after their grace, destroys those without a use. */
  retireOldSealKeys(): Promise<RetiredSealKeys>
  /** For a periodic job: rotates when the seal key has served its time, and retires what is old. */
  maintain(): Promise<RetiredSealKeys & { rotated: boolean }>
  /** `newKeyFile`: where the master comes from `MASTER_KEY`. */
  rotateMasterKey(newKeyFile?: string): Promise<MasterRotation>
}

interface RetiredSealKeys {
  readonly resealed: number
  readonly broken: number
  readonly destroyed: readonly DataKeyId[]
}

/** Opens the instance's keys, creating them on the first start of all (where it may); refuses a master that does not fit. */
export async function openKeyring(deps: KeyringDeps): Promise<Keyring> {
  const { database, settings, clock, log, record, listener, mayCreate = true } = deps
  const { owner, app } = database
  const find = findMaster.bind(undefined, settings)
  const { master, rows } = await bootstrapDataKeys({
    db: mayCreate ? owner : app,
    settings,
    clock,
    log,
    record,
    mayCreate,
  })
  const keys = await loadInstanceKeys({ db: app, master, findMaster: find, log }, rows)
  const assertRegistered = registration(await listSealedColumns(app))
  const instance = instanceSealer(keys, assertRegistered)
  const persons = personKeys({
    instance,
    assertRegistered,
    clock,
    record,
    hearsErasures: () => listener?.connected ?? false,
  })

  const reload = () =>
    void keys.reload().catch((error: unknown) => log.error({ err: error }, 'the data keys could not be reloaded'))
  await listener?.subscribe(DATA_KEYS_CHANNEL, {
    onMessage: (payload) => (payload === INSTANCE_KEYS ? reload() : persons.forget(payload)),
    onGap: () => {
      persons.forgetAll()
      reload()
    },
  })

  const rotation = { owner, clock, record, findMaster: find }
  const retireOld = async () => {
    if (!(await hasOldSealKeys(owner))) return { resealed: 0, broken: 0, destroyed: [] }
    await closeOldSealKeys(rotation)
    const { rows: resealed, broken } = await resealAll({ owner, instance, keys, log, record })
    return { resealed, broken, destroyed: await destroyUnusedSealKeys(rotation) }
  }
  return {
    instance,
    persons,
    blindIndex: blindIndex(() => keys.indexKey().secret),
    derive: (purpose) => deriveSecret(keys.indexKey().secret, purpose),
    rotateSealKey: async () => {
      const id = await rotateSealKey(rotation)
      await keys.reload()
      return id
    },
    retireOldSealKeys: retireOld,
    rotateMasterKey: (newKeyFile) => rotateMasterKey({ owner, settings, log, record }, newKeyFile),
    maintain: async () => {
      const rotated = (await rotateSealKeyIfDue(rotation)) !== undefined
      return { rotated, ...(await retireOld()) }
    },
  }
}
