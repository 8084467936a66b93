import { sql } from 'kysely'
import type { Db, Tx } from '../../db/types.ts'
import { type PersonId, personId } from './person.ts'

export interface PersonKeyRow {
  readonly id: string
  readonly sealed: Buffer | null
  /** False while the row may be this very transaction's own, and so may never come to be. */
  readonly committed: boolean
}

/** What a transaction writes carries its xid or a later one (its savepoints'); a row with an earlier one is somebody else's, committed. */
const committed = sql<boolean>`
  coalesce(age(xmin) > age(pg_current_xact_id_if_assigned()::xid), true)`.as('committed')

export const findPersonKey = (db: Db, person: PersonId): Promise<PersonKeyRow | undefined> =>
  db
    .selectFrom('person_keys')
    .select(['id', 'sealed', committed])
    .where('person_id', '=', personId.toUuid(person))
    .executeTakeFirst()

export const findPersonKeys = (
  db: Db,
  persons: readonly PersonId[],
): Promise<(PersonKeyRow & { person_id: string })[]> =>
  db
    .selectFrom('person_keys')
    .select(['id', 'person_id', 'sealed', committed])
    .where('person_id', '=', sql<string>`ANY(${persons.map(personId.toUuid)}::uuid[])`)
    .execute()

interface NewPersonKey {
  readonly id: string
  readonly person: PersonId
  readonly sealed: Buffer
  readonly at: Date
}

const insertion = (tx: Tx, { id, person, sealed, at }: NewPersonKey) =>
  tx.insertInto('person_keys').values({ id, person_id: personId.toUuid(person), sealed, created_at: at })

export async function insertPersonKey(tx: Tx, key: NewPersonKey): Promise<void> {
  await insertion(tx, key).execute()
}

/** Answers whether there was none before; an erased person's row counts. */
export async function insertFirstPersonKey(tx: Tx, key: NewPersonKey): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await insertion(tx, key)
    .onConflict((conflict) => conflict.column('person_id').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Answers whether there was a key to destroy. */
export async function destroyPersonKey(tx: Tx, person: PersonId, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('person_keys')
    .set({ sealed: null, destroyed_at: at })
    .where('person_id', '=', personId.toUuid(person))
    .where('sealed', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
