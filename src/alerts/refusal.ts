import { sql } from 'kysely'
import type { InstanceTx } from '../db/transaction.ts'
import { errorCode } from '../lib/error-code.ts'

/** What no second attempt changes: the data itself (22), a rule of the table (23), or of who may write what (42501). */
const BY_WHAT_IT_IS = /^(22\w{3}|23\w{3}|42501)$/

/** Answers why the database refuses what is written; what else fails (a connection, a deadlock) is thrown, and tried again. */
export async function refusalOf(tx: InstanceTx, write: () => Promise<void>): Promise<Error | undefined> {
  await sql`SAVEPOINT alert`.execute(tx)
  try {
    await write()
    await sql`RELEASE SAVEPOINT alert`.execute(tx)
    return undefined
  } catch (error) {
    if (!(error instanceof Error) || !BY_WHAT_IT_IS.test(errorCode(error) ?? '')) throw error
    await sql`ROLLBACK TO SAVEPOINT alert`.execute(tx)
    return error
  }
}
