import { sql } from 'kysely'
import { statement } from '../../db/statement.ts'
import type { Db } from '../../db/types.ts'
import type { CappedChange } from '../limits/counters.ts'
import { type Adding, addingOf, addition, type Counter, numbersIn } from '../limits/postgres-counters.ts'
import { type Reserved, type Reserving, reservation } from '../lockout/store.ts'

interface Counting {
  readonly adding: Adding
  readonly caps: { readonly capped: readonly string[]; readonly surely: readonly number[] }
  readonly reserving: Reserving
}

type Row = Counter & (Reserved | { readonly [field in keyof Reserved]: null })

/**
 * The limits first, in the order of their names, then the lockout: its part reads what came of theirs, so it begins when all of them
 * are counted. Whoever takes both goes in this order, and nobody who holds a lockout asks for a limit.
 */
const counting = statement<Counting, Row>((db, part) => {
  const { capped, surely } = part(({ caps }) => caps)
  const isSure = sql`NOT EXISTS (
    SELECT FROM taken JOIN unnest(${capped}::text[], ${surely}::int[]) AS cap (key, surely) ON cap.key = taken.key
    WHERE taken.points > cap.surely)`
  const both = sql<Row>`
    WITH taken AS (${addition(part(({ adding }) => adding))}),
      reserved AS (${reservation(
        part(({ reserving }) => reserving),
        isSure,
      )})
    SELECT taken.key, taken.points, reserved.* FROM taken LEFT JOIN reserved ON true`
  return { compile: () => both.compile(db) }
})

/** One more of each, and a reservation where all of them certainly fit, in one statement. */
export async function countAndReserve(db: Db, changes: readonly CappedChange[], reserving: Reserving) {
  const caps = { capped: changes.map(({ key }) => key), surely: changes.map(({ surely }) => surely) }
  const { rows } = await counting(db, { adding: addingOf(changes), caps, reserving })
  const [first] = rows
  return { numbers: numbersIn(rows, changes), reserved: first && first.id !== null ? first : undefined }
}
