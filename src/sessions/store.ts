import { statement } from '../db/statement.ts'
import type { Db, Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import type { SealedTraits } from './seals.ts'
import { type EndReason, type SessionId, sessionId } from './session.ts'

/** What is older has fallen asleep, or has come to its end. */
export interface Youngest {
  readonly seenAfter: Date
  readonly bornAfter: Date
}

const userId = defineId('usr')

export interface SessionRow {
  readonly id: SessionId
  readonly user: Id<'usr'>
  readonly amr: readonly string[]
  readonly acr: string
  readonly createdAt: Date
  readonly sealed: SealedTraits
}

export const columns = [
  'sessions.id',
  'sessions.user_id',
  'sessions.amr',
  'sessions.acr',
  'sessions.created_at',
  'sessions.device',
  'sessions.ip',
  'sessions.place',
] as const

interface Selected {
  readonly id: string
  readonly user_id: string
  readonly amr: string[]
  readonly acr: string
  readonly created_at: Date
  readonly device: Buffer
  readonly ip: Buffer
  readonly place: Buffer | null
}

export const toRow = ({ id, user_id, amr, acr, created_at, device, ip, place }: Selected): SessionRow => ({
  id: sessionId.fromUuid(id),
  user: userId.fromUuid(user_id),
  amr,
  acr,
  createdAt: created_at,
  sealed: { device, ip, place },
})

interface Inserting {
  readonly id: string
  readonly user_id: string
  readonly amr: string[]
  readonly acr: string
  readonly device: SessionRow['sealed']['device']
  readonly ip: SessionRow['sealed']['ip']
  readonly place: SessionRow['sealed']['place']
  readonly created_at: Date
  readonly proofs: string
  readonly look_at: Date
}

const inserting = statement<Inserting, unknown>((db, part) => {
  const { id, user_id, amr, acr, device, ip, place, created_at, proofs, look_at } = part((row) => row)
  return db
    .with('started', (eb) =>
      eb.insertInto('sessions').values({ id, user_id, amr, acr, device, ip, place, created_at, proofs }),
    )
    .insertInto('session_looks')
    .values({ session_id: id, look_at })
})

export async function insertSession(
  tx: Tx,
  { id, user, amr, acr, createdAt, sealed: { device, ip, place } }: SessionRow,
  { proofs, lookAt }: { readonly proofs: string; readonly lookAt: Date },
): Promise<void> {
  const of = { id: sessionId.toUuid(id), user_id: userId.toUuid(user), amr: [...amr], acr, device, ip, place }
  await inserting(tx, { ...of, created_at: createdAt, proofs, look_at: lookAt })
}

/** Answers how it stood before; undefined, and nothing changed, for one that has ended or is not that person's. */
export async function strengthenSession(
  tx: Tx,
  id: SessionId,
  to: { readonly user: Id<'usr'>; readonly amr: readonly string[]; readonly acr: string; readonly proofs: string },
): Promise<{ readonly amr: readonly string[]; readonly acr: string } | undefined> {
  const before = await tx
    .selectFrom('sessions')
    .select(['amr', 'acr'])
    .where('id', '=', sessionId.toUuid(id))
    .where('user_id', '=', userId.toUuid(to.user))
    .where('ended_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (!before) return undefined
  await tx
    .updateTable('sessions')
    .set({ amr: [...to.amr], acr: to.acr, proofs: to.proofs })
    .where('id', '=', sessionId.toUuid(id))
    .execute()
  return before
}

export async function findProofs(db: Db, id: SessionId, user: Id<'usr'>): Promise<unknown> {
  const row = await db
    .selectFrom('sessions')
    .select('proofs')
    .where('id', '=', sessionId.toUuid(id))
    .where('user_id', '=', userId.toUuid(user))
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return row?.proofs
}

/** Compare-and-set: of two that end a session, one did. */
export async function endSession(
  tx: Tx,
  id: SessionId,
  end: { readonly reason: EndReason; readonly at: Date },
): Promise<SessionRow | undefined> {
  const row = await tx
    .updateTable('sessions')
    .set({ ended_at: end.at, end_reason: end.reason })
    .where('id', '=', sessionId.toUuid(id))
    .where('ended_at', 'is', null)
    .returning(columns)
    .executeTakeFirst()
  return row && toRow(row)
}

/** Whoever ends it meanwhile waits until this transaction is over, and then finds all of it. */
export async function lockLiveSession(tx: Tx, id: SessionId): Promise<boolean> {
  const row = await tx
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', sessionId.toUuid(id))
    .where('ended_at', 'is', null)
    .forShare()
    .executeTakeFirst()
  return row !== undefined
}

/** By the index `sessions_of_user`. */
export async function liveSessionsOf(tx: Tx, user: Id<'usr'>): Promise<SessionId[]> {
  const rows = await tx
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', userId.toUuid(user))
    .where('ended_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => sessionId.fromUuid(id))
}
