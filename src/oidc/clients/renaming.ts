import type { Tx } from '../../db/types.ts'
import { deleteGrantsOfClient } from '../artifacts/ending-store.ts'
import type { Client } from './client.ts'

/** Whether people have other names in its tokens from now on. */
export const callsPeopleOtherwise = (before: Client, after: Client): boolean =>
  before.subjectType !== after.subjectType || before.sector !== after.sector

const BATCH = 500

/**
 * What was granted under the one names answers with the other at the next refresh, and with both an application can tell what
 * pairwise names are to keep apart. In the transaction of the change, however many there are: what a process that dies leaves
 * behind would go on. People sign in anew. Whenever it was given: that was under what the application was before, by the clock
 * of another instance a moment from now.
 */
export async function endGrantsOf(tx: Tx, client: string): Promise<void> {
  for (let last = BATCH; last === BATCH; ) last = (await deleteGrantsOfClient(tx, client, { limit: BATCH })).length
}
