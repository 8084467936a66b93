import { v7 } from 'uuid'
import type { Tx } from '../db/types.ts'
import { type Held, placeOf } from './held.ts'
import type { Seals } from './ports.ts'
import { putClock } from './store.ts'
import type { SeenTime } from './time.ts'

/** Sealed, so that a row that was written by hand is no time at all. */
export async function keepTime(
  tx: Tx,
  { seals }: { readonly seals: Seals },
  { rows }: Pick<Held, 'rows'>,
  { setBackAt, ...seen }: SeenTime & { readonly setBackAt: Date | null },
): Promise<void> {
  const id = rows.clock?.id ?? v7()
  const text = JSON.stringify(seen satisfies SeenTime)
  await putClock(tx, { id, sealed: seals.seal(placeOf('license_clock', id), text) }, setBackAt)
}
