import type { Db } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Log } from '../../lib/log.ts'
import { coalesce } from '../coalesce.ts'
import type { MasterKey, MasterKeyId } from '../master/master-key.ts'
import { toSecretKey } from '../seal/aead.ts'
import type { DataKey } from '../seal/sealed.ts'
import { contextOf, type DataKeyRow, dataKeyId, isLive, type LiveDataKey } from './data-key.ts'
import { listDataKeys } from './store.ts'

/** The instance's own keys, unwrapped once and held in memory: a device that is the master is asked at the start, not at each sign-in. */
export interface InstanceKeys {
  currentSealKey(): DataKey
  indexKey(): DataKey
  /** Looks again in the database for a key that this process has not met. */
  find(id: string): Promise<DataKey | undefined>
  reload(): Promise<void>
}

interface InstanceKeysDeps {
  readonly db: Db
  readonly master: MasterKey
  /** Another process may have changed the master since we started. */
  readonly findMaster: (id: MasterKeyId) => Promise<MasterKey | undefined>
  readonly log: Log
}

interface Held {
  readonly all: ReadonlyMap<string, DataKey>
  readonly seal: DataKey
  readonly index: DataKey
}

export async function loadInstanceKeys(deps: InstanceKeysDeps, rows: readonly DataKeyRow[]): Promise<InstanceKeys> {
  const unwrap = unwrapper(deps)
  let held = await hold(rows, unwrap)
  const reload = coalesce(async () => {
    held = await hold(await listDataKeys(deps.db), unwrap, held)
  })
  return {
    currentSealKey: () => held.seal,
    indexKey: () => held.index,
    reload,
    find: async (id) => {
      if (!held.all.has(id)) await reload()
      return held.all.get(id)
    },
  }
}

type Unwrap = (row: LiveDataKey) => Promise<DataKey | undefined>

/** A destroyed key is not among the live ones, and so is let go here; a current key that we cannot unwrap leaves the one before in use. */
async function hold(rows: readonly DataKeyRow[], unwrap: Unwrap, before?: Held): Promise<Held> {
  const all = new Map<string, DataKey>()
  let { seal, index } = before ?? {}
  for (const row of rows.filter(isLive)) {
    const key = before?.all.get(row.id) ?? (await unwrap(row))
    if (!key) continue
    all.set(row.id, key)
    if (row.state === 'current' && row.purpose === 'seal') seal = key
    if (row.state === 'current' && row.purpose === 'index') index = key
  }
  if (!seal || !index) throw new AppError('keyring-damaged', { detail: 'data_keys holds no current key.' })
  return { all, seal, index }
}

function unwrapper({ master: first, findMaster, log }: InstanceKeysDeps): Unwrap {
  let master = first
  return async (row) => {
    if (row.master_id !== master.id) {
      const found = await findMaster(row.master_id)
      if (!found) {
        log.error({ wanted: row.master_id, held: master.id }, 'the master key was changed; restart with the new one')
        return undefined
      }
      master = found
    }
    const bytes = await master.unwrap(contextOf(row), row.wrapped)
    if (bytes) return { id: row.id, secret: toSecretKey(bytes) }
    throw new AppError('keyring-damaged', {
      detail: `The ${row.purpose} key ${dataKeyId.fromUuid(row.id)} does not open with the master key ${master.id}.`,
    })
  }
}
