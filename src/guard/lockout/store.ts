import { type RawBuilder, sql } from 'kysely'
import { v7 } from 'uuid'
import { statement } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { type LockoutPolicy, type Pool, pools, type Ticket } from './lockout.ts'

const userId = defineId('usr')

export interface Counted {
  readonly pool: Pool
  readonly identity: Buffer
  /** Somebody, always: the same look-up whether the address led to a person or not. */
  readonly user: Id<'usr'>
  readonly browserHash: Buffer | undefined
}

/** The known browser's own counter, or the one for all strangers. By the primary key of known_browsers. */
const counterOf = ({ user, browserHash }: Pick<Counted, 'user' | 'browserHash'>): RawBuilder<Buffer> =>
  counterAt({ user: userId.toUuid(user), browserHash: browserHash ?? Buffer.alloc(0) })

const counterAt = ({
  user,
  browserHash,
}: Pick<Reserving, 'user' | 'browserHash'>): RawBuilder<Buffer> => sql<Buffer>`coalesce(
  (SELECT browser_hash FROM known_browsers
    WHERE user_id = ${user}::uuid AND browser_hash = ${browserHash}::bytea),
  ''::bytea)`

/** A reservation as a statement takes it. */
export interface Reserving {
  readonly pool: Pool
  readonly identity: Buffer
  readonly user: string
  readonly browserHash: Buffer
  readonly id: string
  readonly now: Date
  /** Of the steps: how many failures each takes, and the milliseconds that follow. */
  readonly counts: readonly number[]
  readonly pauses: readonly number[]
  readonly last: number
  readonly offAfter: number
}

export interface Reserved {
  readonly id: string
  readonly browser: Buffer
  readonly failures: number
  readonly locked_until: Date | null
}

export const reservingOf = (
  { pool, identity, user, browserHash }: Counted,
  now: Date,
  { steps: { steps }, offAfter }: LockoutPolicy,
): Reserving => {
  const counts = steps.map(({ failures }) => failures)
  return {
    pool,
    identity,
    user: userId.toUuid(user),
    browserHash: browserHash ?? Buffer.alloc(0),
    id: v7(),
    now,
    counts,
    pauses: steps.map(({ lockedFor }) => lockedFor),
    last: counts.at(-1) ?? offAfter,
    offAfter,
  }
}

/**
 * Counts and judges in one statement, under the lock of the row: of two hundred at once each sees what the one before
 * it wrote. No row, and nothing written, while the identity is locked or off, or where `condition` says no.
 */
export function reservation(given: Reserving, condition: RawBuilder<unknown> = sql`true`): RawBuilder<Reserved> {
  const { pool, identity, id, now, counts, pauses, last, offAfter } = given
  return sql<Reserved>`
    INSERT INTO lockouts AS counter (pool, identity, browser, id, failures, locked_until, failed_at)
    SELECT ${pool}::text, ${identity}::bytea, ${counterAt(given)}, ${id}::uuid, 1,
      (SELECT first.at + step.pause * interval '1 millisecond' FROM ${stepsOf(counts, pauses)} WHERE step.failures = 1), first.at
    FROM (SELECT ${now}::timestamptz AS at) AS first
    WHERE ${condition}
    ON CONFLICT (identity, browser, pool) DO UPDATE SET
      failures = counter.failures + 1,
      locked_until = (
        SELECT excluded.failed_at + step.pause * interval '1 millisecond' FROM ${stepsOf(counts, pauses)}
        WHERE step.failures = least(counter.failures + 1, ${last}::int)),
      failed_at = excluded.failed_at
    WHERE coalesce(counter.locked_until <= excluded.failed_at, true) AND counter.failures < ${offAfter}::int
    RETURNING id, browser, failures, locked_until`
}

const stepsOf = (counts: readonly number[], pauses: readonly number[]) =>
  sql`unnest(${counts}::int[], ${pauses}::float8[]) AS step (failures, pause)`

const reserving = statement<Reserving, Reserved>((db, part) => {
  const given = reservation(part((values) => values))
  return { compile: () => given.compile(db) }
})

export const reserve = async (db: Db, given: Reserving): Promise<Reserved | undefined> =>
  (await reserving(db, given)).rows[0]

interface Standing {
  readonly failures: number
  readonly lockedUntil: Date | null
}

export async function standingOf(db: Db, counted: Counted): Promise<Standing | undefined> {
  const row = await db
    .selectFrom('lockouts')
    .select(['failures', 'locked_until'])
    .where('identity', '=', counted.identity)
    .where('browser', '=', counterOf(counted))
    .where('pool', '=', counted.pool)
    .executeTakeFirst()
  return row && { failures: row.failures, lockedUntil: row.locked_until }
}

/** Of all browsers and both pools. */
export async function standingsOf(
  db: Db,
  identities: readonly Buffer[],
): Promise<readonly (Standing & { readonly identity: Buffer })[]> {
  if (identities.length === 0) return []
  const rows = await db
    .selectFrom('lockouts')
    .select(['identity', 'failures', 'locked_until'])
    .where('identity', 'in', identities)
    .execute()
  return rows.map(({ identity, failures, locked_until }) => ({ identity, failures, lockedUntil: locked_until }))
}

/** No pause ran when it was reserved, so whichever runs now counted this one in. */
export async function takeOneBack(db: Db, { id }: Ticket): Promise<void> {
  await db
    .updateTable('lockouts')
    .set(({ eb }) => ({ failures: eb('failures', '-', 1), locked_until: null }))
    .where('id', '=', id)
    .where('failures', '>', 0)
    .execute()
}

const deleting = statement<Pick<Reserving, 'identity' | 'user' | 'browserHash'>, unknown>((db, part) => {
  const { identity, user, browserHash } = part((values) => values)
  return db
    .deleteFrom('lockouts')
    .where('identity', '=', identity)
    .where('browser', '=', counterAt({ user, browserHash }))
})

/** Both pools. */
export async function deleteCounter(tx: Tx, { identity, user, browserHash }: Omit<Counted, 'pool'>): Promise<void> {
  await deleting(tx, { identity, user: userId.toUuid(user), browserHash: browserHash ?? Buffer.alloc(0) })
}

export async function deleteAllOf(tx: Tx, identity: Buffer, pool: Pool | 'both'): Promise<Standing[]> {
  const rows = await tx
    .deleteFrom('lockouts')
    .where('identity', '=', identity)
    .where('pool', 'in', pool === 'both' ? pools : [pool])
    .returning(['failures', 'locked_until'])
    .execute()
  return rows.map((row) => ({ failures: row.failures, lockedUntil: row.locked_until }))
}

/** What was counted in a known browser, under the name that it has now. */
export async function renameCounters(
  tx: Tx,
  identities: readonly Buffer[],
  { from, to }: Record<'from' | 'to', Buffer>,
): Promise<void> {
  await tx
    .updateTable('lockouts')
    .set({ browser: to })
    .where('identity', 'in', identities)
    .where('browser', '=', from)
    .execute()
}

interface Oldest {
  /** Of counters that never reached a step. */
  readonly few: Date
  readonly many: Date
  readonly firstStep: number
  readonly offAfter: number
}

/** What is off stays off, however old. At most `most` at a time: after an attack there are millions. Answers how many. */
export async function deleteOldCounters(
  db: Db,
  { few, many, firstStep, offAfter }: Oldest,
  most: number,
): Promise<number> {
  const old = db
    .selectFrom('lockouts')
    .select('id')
    .where('failures', '<', offAfter)
    .where(({ eb, or, and }) =>
      or([
        eb('failures', '=', 0),
        eb('failed_at', '<', many),
        and([eb('failures', '<', firstStep), eb('failed_at', '<', few)]),
      ]),
    )
    .limit(most)
    .forUpdate()
    .skipLocked()
  const { numDeletedRows } = await db.deleteFrom('lockouts').where('id', 'in', old).executeTakeFirst()
  return Number(numDeletedRows)
}
