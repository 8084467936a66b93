import type { Result } from '../lib/result.ts'
import { inTransaction } from './transaction.ts'
import type { Db, Tx } from './types.ts'

/** A transaction that commits what succeeded; a refusal leaves nothing of what was written before it. */
export async function attempt<R extends Result<unknown, unknown>>(db: Db, work: (tx: Tx) => Promise<R>): Promise<R> {
  const rollBack = new Error('refused, and rolled back')
  let refused: R | undefined
  try {
    return await inTransaction(db, async (tx) => {
      const result = await work(tx)
      if (result.ok) return result
      refused = result
      throw rollBack
    })
  } catch (error) {
    if (error === rollBack && refused) return refused
    throw error
  }
}
