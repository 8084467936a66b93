import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { RecordEvent } from '../event.ts'
import { lockKeyring } from '../locks.ts'
import type { MasterKey } from '../master/master-key.ts'
import { type MasterKeySettings, resolveMaster } from '../master/source.ts'
import { createDataKey } from './create.ts'
import { type DataKeyRow, masterOf } from './data-key.ts'
import { listDataKeys } from './store.ts'

export interface BootstrapDeps {
  /** The owner's where keys may be created. To look, the serving role's will do, and spares most commands a connection. */
  readonly db: Db
  readonly settings: MasterKeySettings
  readonly clock: Clock
  readonly log: Log
  readonly record: RecordEvent
  /** Whether an empty database is given its first keys, which is the default, or is an error. */
  readonly mayCreate?: boolean
}

/**
 * The start of every process: the master that fits, and the keys it wraps. Two first starts at once, on one machine or
 * on two, wait for each other here; the second finds keys in the database and must hold the master that made them.
 */
export const bootstrapDataKeys = (deps: BootstrapDeps): Promise<{ master: MasterKey; rows: DataKeyRow[] }> =>
  inTransaction(deps.db, async (tx) => {
    await lockKeyring(tx)
    const rows = await listDataKeys(tx)
    if (rows.length === 0 && deps.mayCreate === false) throw new AppError('keyring-empty')
    const master = await resolveMaster(deps.settings, masterOf(rows), deps.log)
    if (rows.length > 0) return { master, rows }
    await createDataKey(tx, { ...deps, master }, 'seal', 1)
    await createDataKey(tx, { ...deps, master }, 'index', 1)
    return { master, rows: await listDataKeys(tx) }
  })
