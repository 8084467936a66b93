import { expect } from 'vitest'
import { inInstance } from '../../src/db/transaction.ts'
import type { Db } from '../../src/db/types.ts'

/**
 * Of a test whose arrangements are an operator's: everything else came in by a request, and says so in full. An edge that hands
 * down less than the whole origin is found by whichever test goes by it.
 */
export async function expectWholeOrigins(owner: Db): Promise<void> {
  const holes = await inInstance(owner, (tx) =>
    tx
      .selectFrom('events')
      .select(['action', 'actor_kind', 'request_id'])
      .where('actor_kind', 'not in', ['operator', 'system'])
      .where((of) => of.or([of('request_id', 'is', null), of('ip', 'is', null), of('user_agent', 'is', null)]))
      .execute(),
  )
  expect(holes, 'events of a request that do not say where it came from').toEqual([])
}
