import type { Insertable } from 'kysely'
import type { DB } from '../db/schema.gen.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/types.ts'
import { defineId, type Id } from '../lib/ids.ts'
import type { ActorContext } from './actor.ts'
import { type EventId, eventId } from './event.ts'
import type { SnapshotFields } from './snapshot.ts'

const personId = defineId('usr')
const organisationId = defineId('org')
const sessionId = defineId('ses')

/** Both are about one person, whose key seals them. */
export interface SealedOrigin {
  readonly of: Id<'usr'>
  readonly ip: Buffer
  readonly userAgent: Buffer | undefined
}

export interface EventRow {
  readonly id: EventId
  readonly occurredAt: Date
  readonly context: ActorContext
  readonly action: string
  readonly target: { readonly kind: string; readonly id: string }
  readonly before: SnapshotFields | undefined
  readonly after: SnapshotFields | undefined
  readonly personal: { readonly of: Id<'usr'>; readonly sealed: Buffer } | undefined
  readonly origin: SealedOrigin | undefined
}

/** No RETURNING: the serving role may write the instance's events and not read them. */
const inserting = statement<Insertable<DB['events']>, unknown>((db, part) => {
  const row = part((values) => values)
  return db.insertInto('events').values({
    id: row.id,
    occurred_at: row.occurred_at,
    org_id: row.org_id,
    action: row.action,
    actor_kind: row.actor_kind,
    actor_id: row.actor_id,
    target_kind: row.target_kind,
    target_id: row.target_id,
    before: row.before,
    after: row.after,
    personal: row.personal,
    personal_of: row.personal_of,
    ip: row.ip,
    ip_of: row.ip_of,
    user_agent: row.user_agent,
    session_id: row.session_id,
    request_id: row.request_id,
  })
})

export async function insertEvent(tx: Tx, row: EventRow): Promise<void> {
  const { actor, organisation, session, requestId } = row.context
  await inserting(tx, {
    id: eventId.toUuid(row.id),
    // The driver would ask for the local time, field by field.
    occurred_at: row.occurredAt.toISOString(),
    org_id: organisation ? organisationId.toUuid(organisation) : null,
    action: row.action,
    actor_kind: actor.kind,
    actor_id: actor.kind === 'anonymous' ? null : actor.id,
    target_kind: row.target.kind,
    target_id: row.target.id,
    before: row.before ? JSON.stringify(row.before) : null,
    after: row.after ? JSON.stringify(row.after) : null,
    personal: row.personal?.sealed ?? null,
    personal_of: row.personal ? personId.toUuid(row.personal.of) : null,
    ip: row.origin?.ip ?? null,
    ip_of: row.origin ? personId.toUuid(row.origin.of) : null,
    user_agent: row.origin?.userAgent ?? null,
    session_id: session ? sessionId.toUuid(session) : null,
    request_id: requestId ?? null,
  })
}
