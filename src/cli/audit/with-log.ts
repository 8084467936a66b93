import { type Database, openDatabase } from '../../db/database.ts'
import { connectionFailure } from '../../db/failure.ts'
import { reachTarget } from '../../instance/target.ts'
import type { CliContext } from '../context.ts'

/** The database and nothing else: to verify takes no master key, and needs none on the machine where it is done. */
export async function withLog<T>({ config, log }: CliContext, work: (database: Database) => Promise<T>): Promise<T> {
  const { target, release } = await reachTarget(config(), log)
  const database = openDatabase({ target, poolSize: 1, log })
  try {
    return await work(database)
  } catch (error) {
    throw connectionFailure(error)
  } finally {
    await database.close()
    await release()
  }
}
