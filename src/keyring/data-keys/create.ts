import type { Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { RecordEvent } from '../event.ts'
import type { MasterKey } from '../master/master-key.ts'
import { randomKey } from '../seal/aead.ts'
import { contextOf, type DataKeyId, dataKeyId, type Purpose } from './data-key.ts'
import { insertCurrentDataKey } from './store.ts'

interface NewKeyDeps {
  readonly master: MasterKey
  readonly clock: Clock
  readonly record: RecordEvent
}

/** Makes a data key, wrapped before it is written; the plain bytes are gone when this returns. */
export async function createDataKey(
  tx: Tx,
  { master, clock, record }: NewKeyDeps,
  purpose: Purpose,
  version: number,
): Promise<DataKeyId> {
  const id = dataKeyId.generate()
  const row = { id: dataKeyId.toUuid(id), purpose, version }
  const key = randomKey()
  const wrapped = await master.wrap(contextOf(row), key)
  key.fill(0)
  await insertCurrentDataKey(tx, { ...row, wrapped, master_id: master.id, created_at: clock.now() })
  await record(tx, {
    action: 'data_key.created',
    target: id,
    after: { purpose, version, wrappedBy: master.id },
  })
  return id
}
