import { z } from 'zod'
import type { Db, Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import type { Agreed } from './agreed.ts'
import type { Consent } from './consent.ts'

const userId = defineId('usr')

const resources = z.record(z.string(), z.array(z.string()))

interface Row {
  readonly scopes: string[]
  readonly claims: string[]
  readonly resources: unknown
}

const agreedOf = ({ scopes, claims, resources: at }: Row): Agreed => ({
  scopes,
  claims,
  resources: resources.parse(at),
})

/** By the primary key. */
export async function findConsent(db: Db, user: Id<'usr'>, clientId: string): Promise<Agreed | undefined> {
  const row = await db
    .selectFrom('consents')
    .select(['scopes', 'claims', 'resources'])
    .where('user_id', '=', userId.toUuid(user))
    .where('client_id', '=', clientId)
    .executeTakeFirst()
  return row && agreedOf(row)
}

/** By the primary key. */
export async function listConsents(db: Db, user: Id<'usr'>): Promise<Consent[]> {
  const rows = await db
    .selectFrom('consents')
    .select(['client_id', 'scopes', 'claims', 'resources', 'given_at', 'changed_at'])
    .where('user_id', '=', userId.toUuid(user))
    .orderBy('client_id')
    .execute()
  return rows.map((row) => ({
    clientId: row.client_id,
    ...agreedOf(row),
    givenAt: row.given_at,
    changedAt: row.changed_at,
  }))
}

/** What there is stays as it is until the end of the transaction: whoever takes it back waits, and finds what came of it. */
export async function holdConsent(tx: Tx, user: Id<'usr'>, clientId: string): Promise<Agreed | undefined> {
  const row = await tx
    .selectFrom('consents')
    .select(['scopes', 'claims', 'resources'])
    .where('user_id', '=', userId.toUuid(user))
    .where('client_id', '=', clientId)
    .forShare()
    .executeTakeFirst()
  return row && agreedOf(row)
}

/** Those that were given or widened then or later, or all of them; held, in one order, until the end of the transaction. */
export async function holdConsentsSince(tx: Tx, user: Id<'usr'>, since?: Date): Promise<string[]> {
  const rows = await tx
    .selectFrom('consents')
    .select('client_id')
    .where('user_id', '=', userId.toUuid(user))
    .$if(since !== undefined, (query) => query.where('changed_at', '>=', since ?? new Date()))
    .orderBy('client_id')
    .forUpdate()
    .execute()
  return rows.map(({ client_id }) => client_id)
}

/** What was agreed to before, held until the end of the transaction; an empty one where there was none. */
export async function openConsent(tx: Tx, user: Id<'usr'>, clientId: string, at: Date): Promise<Agreed> {
  const row = await tx
    .insertInto('consents')
    .values({
      user_id: userId.toUuid(user),
      client_id: clientId,
      scopes: [],
      claims: [],
      resources: '{}',
      given_at: at,
      changed_at: at,
    })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'client_id']).doUpdateSet(({ ref }) => ({ changed_at: ref('consents.changed_at') })),
    )
    .returning(['scopes', 'claims', 'resources'])
    .executeTakeFirstOrThrow()
  return agreedOf(row)
}

export async function writeConsent(
  tx: Tx,
  user: Id<'usr'>,
  clientId: string,
  { agreed, changedAt }: { readonly agreed: Agreed; readonly changedAt: Date },
): Promise<void> {
  await tx
    .updateTable('consents')
    .set({
      scopes: [...agreed.scopes],
      claims: [...agreed.claims],
      resources: JSON.stringify(agreed.resources),
      changed_at: changedAt,
    })
    .where('user_id', '=', userId.toUuid(user))
    .where('client_id', '=', clientId)
    .execute()
}

/** Undefined where there was none. */
export async function deleteConsent(tx: Tx, user: Id<'usr'>, clientId: string): Promise<Agreed | undefined> {
  const row = await tx
    .deleteFrom('consents')
    .where('user_id', '=', userId.toUuid(user))
    .where('client_id', '=', clientId)
    .returning(['scopes', 'claims', 'resources'])
    .executeTakeFirst()
  return row && agreedOf(row)
}

/** Some of those that an application has of anybody, by consents_of_client. */
export async function deleteConsentsTo(
  tx: Tx,
  clientId: string,
  limit: number,
): Promise<readonly { readonly user: Id<'usr'>; readonly agreed: Agreed }[]> {
  const some = tx.selectFrom('consents').select('user_id').where('client_id', '=', clientId)
  const rows = await tx
    .deleteFrom('consents')
    .where('client_id', '=', clientId)
    .where('user_id', 'in', some.orderBy('user_id').limit(limit).forUpdate())
    .returning(['user_id', 'scopes', 'claims', 'resources'])
    .execute()
  return rows.map(({ user_id, ...row }) => ({ user: userId.fromUuid(user_id), agreed: agreedOf(row) }))
}
