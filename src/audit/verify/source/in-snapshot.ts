import { sql } from 'kysely'
import { enterInstance, type InstanceTx, inTransaction } from '../../../db/transaction.ts'
import type { Db } from '../../../db/types.ts'

/** All that is read in it is of one moment: what is appended or taken away meanwhile is not seen. */
export const inSnapshot = <T>(owner: Db, work: (tx: InstanceTx) => Promise<T>): Promise<T> =>
  inTransaction(owner, async (tx) => {
    await sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`.execute(tx)
    return work(await enterInstance(tx))
  })
