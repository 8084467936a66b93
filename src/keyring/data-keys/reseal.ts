import { inInstance } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Log } from '../../lib/log.ts'
import type { RecordEvent } from '../event.ts'
import { listSealedColumns, type SealedColumn } from '../seal/sealed-columns.ts'
import type { Sealer } from '../seal/sealer.ts'
import { dataKeyId } from './data-key.ts'
import type { InstanceKeys } from './instance-keys.ts'
import { lockOldRows, replaceSeal, type SealedRow } from './reseal-store.ts'

interface ResealDeps {
  readonly owner: Db
  readonly instance: Sealer
  readonly keys: InstanceKeys
  readonly log: Log
  readonly record: RecordEvent
  readonly batchSize?: number
}

interface Resealed {
  readonly rows: number
  /** Rows that did not open: they keep the old key alive, and the log names them. */
  readonly broken: number
}

/**
 * One pass over every registered column, a small transaction a batch. The rows themselves say what is left to do, so a
 * crash loses at most one batch and the next pass goes on; persons' keys are rows like any other.
 */
export async function resealAll(deps: ResealDeps): Promise<Resealed> {
  // With an old idea of the current key we would seal backwards.
  await deps.keys.reload()
  let [rows, broken] = [0, 0]
  for (const column of await listSealedColumns(deps.owner)) {
    if (column.kind !== 'instance') continue
    const done = await resealColumn(deps, column)
    rows += done.rows
    broken += done.broken
  }
  return { rows, broken }
}

async function resealColumn(deps: ResealDeps, column: SealedColumn): Promise<Resealed> {
  const size = deps.batchSize ?? 200
  let [rows, broken] = [0, 0]
  let after: string | undefined
  while (true) {
    const batch = await inInstance(deps.owner, async (tx) => {
      const found = await lockOldRows(tx, column, { currentKey: deps.keys.currentSealKey().id, after, size })
      let failed = 0
      for (const row of found) if (!(await resealRow(deps, column, row, tx))) failed += 1
      if (found.length > failed) await recordBatch(deps, tx, column, found.length - failed)
      return { found, broken: failed }
    })
    rows += batch.found.length - batch.broken
    broken += batch.broken
    after = batch.found.at(-1)?.id
    if (after === undefined) return { rows, broken }
  }
}

async function resealRow(
  { instance, log }: ResealDeps,
  column: SealedColumn,
  row: SealedRow,
  tx: Tx,
): Promise<boolean> {
  const place = { table: column.table, column: column.column, row: row.id }
  const opened = await instance.open(place, row.sealed).catch(() => undefined)
  if (!opened) {
    log.error({ place }, 'a sealed value does not open; its key is kept')
    return false
  }
  const bytes = opened.reveal()
  const sealed = instance.seal(place, bytes)
  bytes.fill(0)
  await replaceSeal(tx, column, row, sealed)
  return true
}

const recordBatch = ({ keys, record }: ResealDeps, tx: Tx, { table, column }: SealedColumn, rows: number) =>
  record(tx, {
    action: 'data_key.resealed',
    target: dataKeyId.fromUuid(keys.currentSealKey().id),
    after: { table, column, rows },
  })
