import { inInstance, inTransaction } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import type { RecordEvent } from '../event.ts'
import { lockKeyring, lockOutSeals } from '../locks.ts'
import type { MasterKey, MasterKeyId } from '../master/master-key.ts'
import { wrongMaster } from '../master/source.ts'
import { DATA_KEYS_CHANNEL, INSTANCE_KEYS, notify } from '../notice.ts'
import { PROPAGATION_MS } from '../propagation.ts'
import { assertWhollyVisible, listSealedColumns } from '../seal/sealed-columns.ts'
import { createDataKey } from './create.ts'
import { type DataKeyId, type DataKeyRow, dataKeyId, masterOf } from './data-key.ts'
import { isUsed } from './reseal-store.ts'
import { closeDataKey, destroyDataKey, limitLockWait, listDataKeys, retireCurrentDataKey } from './store.ts'

interface RotationDeps {
  readonly owner: Db
  readonly clock: Clock
  readonly record: RecordEvent
}

type RotateDeps = RotationDeps & { readonly findMaster: (id: MasterKeyId) => Promise<MasterKey | undefined> }

/** A new seal key; what the old ones sealed stays readable and is re-sealed afterwards, in small batches, online. */
export const rotateSealKey = (deps: RotateDeps): Promise<DataKeyId> =>
  inTransaction(deps.owner, async (tx) => replaceSealKey(tx, deps, await lockedSealKeys(tx)))

/** Half a year: yearly is what was promised, and a job that did not run for a while must not break the promise. */
const SEAL_KEY_SERVES_MS = 182 * 24 * 3_600_000

/** Judged under the lock, so that of many instances that find it due one rotates. */
export const rotateSealKeyIfDue = (deps: RotateDeps): Promise<DataKeyId | undefined> =>
  inTransaction(deps.owner, async (tx) => {
    const rows = await lockedSealKeys(tx)
    const current = rows.find((row) => row.state === 'current')
    const due = current && current.created_at.getTime() + SEAL_KEY_SERVES_MS <= deps.clock.now().getTime()
    return due ? replaceSealKey(tx, deps, rows) : undefined
  })

async function lockedSealKeys(tx: Tx): Promise<DataKeyRow[]> {
  await lockKeyring(tx)
  return (await listDataKeys(tx)).filter((row) => row.purpose === 'seal')
}

async function replaceSealKey(tx: Tx, deps: RotateDeps, rows: readonly DataKeyRow[]): Promise<DataKeyId> {
  const expected = masterOf(rows)
  if (expected === undefined) throw new AppError('keyring-empty')
  const master = await deps.findMaster(expected)
  if (!master) throw wrongMaster('this process holds another one', expected)
  const version = Math.max(...rows.map((row) => row.version)) + 1
  await retireCurrentDataKey(tx, 'seal', deps.clock.now())
  const id = await createDataKey(tx, { ...deps, master }, 'seal', version)
  await deps.record(tx, {
    action: 'data_key.rotated',
    target: id,
    before: { version: version - 1 },
    after: { version },
  })
  await notify(tx, DATA_KEYS_CHANNEL, INSTANCE_KEYS)
  return id
}

export const hasOldSealKeys = async (owner: Db): Promise<boolean> =>
  (await listDataKeys(owner)).some(({ state }) => state === 'retiring' || state === 'closed')

/** After the grace the database refuses further seals under an old key. Waits for the writers that got in before. */
export async function closeOldSealKeys({ owner, clock, record }: RotationDeps): Promise<void> {
  const graceBegan = clock.now().getTime() - PROPAGATION_MS
  const old = (await listDataKeys(owner)).filter(
    ({ state, retiring_since }) =>
      state === 'retiring' && retiring_since !== null && retiring_since.getTime() <= graceBegan,
  )
  if (old.length === 0) return
  await inTransaction(owner, async (tx) => {
    await limitLockWait(tx)
    await lockOutSeals(tx)
    for (const { id, version } of old) {
      if (!(await closeDataKey(tx, id))) continue
      await record(tx, { action: 'data_key.closed', target: dataKeyId.fromUuid(id), before: { version } })
    }
  })
}

/** Destroys what is closed and no row uses. Nothing can come to use it meanwhile, so the count needs no lock on the tables. */
export async function destroyUnusedSealKeys(deps: RotationDeps): Promise<DataKeyId[]> {
  const closed = (await listDataKeys(deps.owner)).filter(({ state }) => state === 'closed')
  const destroyed: DataKeyId[] = []
  for (const row of closed) if (await destroyUnless(deps, row)) destroyed.push(dataKeyId.fromUuid(row.id))
  return destroyed
}

const destroyUnless = ({ owner, clock, record }: RotationDeps, { id, version }: DataKeyRow): Promise<boolean> =>
  inInstance(owner, async (tx) => {
    await lockKeyring(tx)
    for (const column of await listSealedColumns(tx)) {
      if (column.kind !== 'instance') continue
      assertWhollyVisible(column)
      if (await isUsed(tx, column, id)) return false
    }
    if (!(await destroyDataKey(tx, id, clock.now()))) return false
    await record(tx, { action: 'data_key.destroyed', target: dataKeyId.fromUuid(id), before: { version } })
    await notify(tx, DATA_KEYS_CHANNEL, INSTANCE_KEYS)
    return true
  })
