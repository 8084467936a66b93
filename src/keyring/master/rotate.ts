import { inTransaction } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import { equalBytes } from '../../lib/hash.ts'
import type { Log } from '../../lib/log.ts'
import { contextOf, dataKeyId, isLive, type LiveDataKey, masterOf } from '../data-keys/data-key.ts'
import { listDataKeys, rewrapDataKey } from '../data-keys/store.ts'
import type { RecordEvent } from '../event.ts'
import { lockKeyring } from '../locks.ts'
import { randomKey } from '../seal/aead.ts'
import { createMasterFile, nextMasterPath, retiredMasterPath } from './master-file.ts'
import type { MasterKey, MasterKeyId } from './master-key.ts'
import { type MasterKeySettings, resolveMaster } from './source.ts'

export interface RotateMasterDeps {
  readonly owner: Db
  readonly settings: MasterKeySettings
  readonly log: Log
  readonly record: RecordEvent
}

export interface MasterRotation {
  readonly from: MasterKeyId
  readonly to: MasterKeyId
  readonly rewrapped: number
  /** Where the old key was kept; nothing when it lives in the environment, which only the operator can change. */
  readonly retiredFile: string | undefined
}

/**
 * The new key is on the disk before the database is told, and the old one keeps its name until the database has
 * committed: whenever the power fails, one of the two files fits, and the next start puts it in its place.
 */
export async function rotateMasterKey(deps: RotateMasterDeps, newKeyFile?: string): Promise<MasterRotation> {
  const rotation = await inTransaction(deps.owner, async (tx) => {
    await lockKeyring(tx)
    const rows = (await listDataKeys(tx)).filter(isLive)
    const expected = masterOf(rows)
    if (expected === undefined) throw new AppError('keyring-empty')
    const from = await resolveMaster(deps.settings, expected, deps.log)
    const to = await nextMaster(deps.settings, newKeyFile)
    if (to.id === from.id) throw new AppError('usage-error', { detail: 'The new master key is the one in use.' })
    for (const row of rows) await rewrap(tx, row, from, to)
    await deps.record(tx, {
      action: 'master_key.rotated',
      target: to.id,
      before: { masterKey: from.id },
      after: { masterKey: to.id, rewrapped: rows.length },
    })
    return { from: from.id, to: to.id, rewrapped: rows.length }
  })
  await settleFiles(deps)
  return {
    ...rotation,
    retiredFile: deps.settings.masterKey ? undefined : retiredMasterPath(deps.settings.keysDir, rotation.from),
  }
}

/**
 * A transaction of its own under the same lock: what the files become follows from what the database says now, so that
 * two rotations at once cannot put each other's key away. In the environment there is no file to put in place.
 */
const settleFiles = ({ owner, settings, log }: RotateMasterDeps): Promise<void> =>
  inTransaction(owner, async (tx) => {
    await lockKeyring(tx)
    if (!settings.masterKey) await resolveMaster(settings, masterOf(await listDataKeys(tx)), log)
  })

/** A file that is there already is taken as it is: an interrupted rotation left it, and it has wrapped nothing yet. */
async function nextMaster(settings: MasterKeySettings, newKeyFile: string | undefined): Promise<MasterKey> {
  const path = settings.masterKey ? newKeyFile : nextMasterPath(settings.keysDir)
  if (path === undefined) {
    throw new AppError('usage-error', {
      detail: 'The master key comes from MASTER_KEY, which this command cannot change.',
      cure: 'Name a file with --new-key-file: the new key is made there (or taken from it); then set MASTER_KEY to its text.',
    })
  }
  if (!settings.masterKey && newKeyFile !== undefined) {
    throw new AppError('usage-error', {
      detail: `--new-key-file is for a master key from MASTER_KEY; here the new key is made in ${settings.keysDir}.`,
      cure: 'Leave --new-key-file out.',
    })
  }
  return createMasterFile(path, randomKey())
}

/** Opened again with the new key before the old wrapping is given up. */
async function rewrap(tx: Tx, row: LiveDataKey, from: MasterKey, to: MasterKey): Promise<void> {
  const context = contextOf(row)
  const key = await from.unwrap(context, row.wrapped)
  const wrapped = key && (await to.wrap(context, key))
  const again = wrapped && (await to.unwrap(context, wrapped))
  const same = key !== undefined && again !== undefined && equalBytes(key, again)
  key?.fill(0)
  again?.fill(0)
  if (!wrapped || !same) {
    throw new AppError('keyring-damaged', {
      detail: `The ${row.purpose} key ${dataKeyId.fromUuid(row.id)} could not be wrapped anew. Nothing was changed.`,
    })
  }
  await rewrapDataKey(tx, row.id, to.id, wrapped)
}
