import { sql } from 'kysely'
import { plainRead } from '../db/plain-read.ts'
import { statement, type Whose } from '../db/statement.ts'
import type { Db } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import type { Held } from './held.ts'

const userId = defineId('usr')

interface Found {
  readonly passkeys: number
  readonly totps: number
  readonly email_code: boolean
  readonly backup_codes: number
  readonly has_backup_codes: boolean
  readonly has_password: boolean
  readonly password_by_mailbox: boolean
  readonly must_enrol: boolean
  readonly grace_began_at: Date | null
}

/** What whomever `whose` names could prove: one look, by primary keys and one index each. */
export function heldFinder<Values>(whose: Whose<Values>): (db: Db, values: Values) => Promise<Held> {
  const finding = statement<Values, Found>((db, part) => {
    const found = plainRead(sql<Found>`SELECT * FROM factors_of(${whose(part)})`)
    return { compile: () => found.compile(db) }
  })
  return async (db, values) => {
    const [found] = (await finding(db, values)).rows
    if (!found) throw new Error('factors_of answers one row')
    return toHeld(found)
  }
}

const findHeldOf = heldFinder<{ user: string }>((part) => sql<string>`${part((values) => values).user}::uuid`)

export const findHeld = (db: Db, user: Id<'usr'>): Promise<Held> => findHeldOf(db, { user: userId.toUuid(user) })

const toHeld = (found: Found): Held => ({
  passkeys: found.passkeys,
  totps: found.totps,
  emailCode: found.email_code,
  backupCodes: found.backup_codes,
  hasBackupCodes: found.has_backup_codes,
  hasPassword: found.has_password,
  passwordByMailbox: found.password_by_mailbox,
  mustEnrol: found.must_enrol,
  graceBeganAt: found.grace_began_at ?? undefined,
})

/** The same of a page of people, in one round trip. */
export async function heldByEach(db: Db, users: readonly Id<'usr'>[]): Promise<Map<Id<'usr'>, Held>> {
  const { rows } = await sql<Found & { readonly id: string }>`
    SELECT one.id, held.* FROM unnest(${users.map(userId.toUuid)}::uuid[]) AS one(id) CROSS JOIN LATERAL factors_of(one.id) held
  `.execute(db)
  return new Map(rows.map((row) => [userId.fromUuid(row.id), toHeld(row)]))
}

/** The first time alone counts. False when it had begun before. */
export async function beginGrace(db: Db, user: Id<'usr'>, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('enrolment_grace')
    .values({ user_id: userId.toUuid(user), began_at: at })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export async function putEnrolmentDue(db: Db, user: Id<'usr'>, at: Date): Promise<void> {
  await db
    .insertInto('enrolments_due')
    .values({ user_id: userId.toUuid(user), since: at })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .execute()
}

export async function deleteEnrolmentDue(db: Db, user: Id<'usr'>): Promise<void> {
  await db.deleteFrom('enrolments_due').where('user_id', '=', userId.toUuid(user)).execute()
}
