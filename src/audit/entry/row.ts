import type { Selectable } from 'kysely'
import type { DB } from '../../db/schema.gen.ts'
import { defineId } from '../../lib/ids.ts'
import { type Actor, actorKinds } from '../actor.ts'
import { eventId } from '../event.ts'
import { DEEPEST_SNAPSHOT, type SnapshotFields } from '../snapshot.ts'
import type { StoredEntry } from './stored-entry.ts'

const personId = defineId('usr')
const organisationId = defineId('org')
const sessionId = defineId('ses')

/** What a SELECT of events asks for; each says its table, since they are read joined to the chain. */
export const entryColumns = [
  'events.id',
  'events.occurred_at',
  'events.org_id',
  'events.action',
  'events.actor_kind',
  'events.actor_id',
  'events.target_kind',
  'events.target_id',
  'events.before',
  'events.after',
  'events.personal',
  'events.personal_of',
  'events.ip',
  'events.ip_of',
  'events.user_agent',
  'events.session_id',
  'events.request_id',
] as const

type EntryColumn = (typeof entryColumns)[number] extends `events.${infer Column}` ? Column : never

export type EntryRow = Pick<Selectable<DB['events']>, EntryColumn & keyof DB['events']>

/** No writer of ours leaves such a row: somebody has changed it past the rules of the table. */
export class UnreadableEntry extends Error {
  override readonly name = 'UnreadableEntry'
  /** As the column has it. */
  readonly event: string

  constructor(event: string, cause: unknown) {
    super(`the event ${event} cannot be read`, { cause })
    this.event = event
  }
}

export function entryOf(row: EntryRow): StoredEntry {
  try {
    return read(row)
  } catch (error) {
    throw new UnreadableEntry(row.id, error)
  }
}

const read = (row: EntryRow): StoredEntry => ({
  id: eventId.fromUuid(row.id),
  at: timeOf(row.occurred_at),
  organisation: row.org_id === null ? null : organisationId.fromUuid(row.org_id),
  action: row.action,
  actor: { kind: kindOf(row.actor_kind), id: row.actor_id },
  target: { kind: row.target_kind, id: row.target_id },
  before: fieldsOf(row.before),
  after: fieldsOf(row.after),
  personal:
    row.personal && row.personal_of !== null ? { of: personId.fromUuid(row.personal_of), sealed: row.personal } : null,
  origin:
    row.ip && row.ip_of !== null ? { of: personId.fromUuid(row.ip_of), ip: row.ip, userAgent: row.user_agent } : null,
  session: row.session_id === null ? null : sessionId.fromUuid(row.session_id),
  requestId: row.request_id,
})

/** `infinity`, another calendar, or a year that no text of ours has. */
function timeOf(at: unknown): Date {
  if (!isTime(at)) throw new TypeError('an event happened at no such time')
  return at
}

const FIRST_TIME = Date.parse('0001-01-01T00:00:00.000Z')
const END_OF_TIME = Date.parse('9999-12-31T23:59:59.999Z')

export const isTime = (at: unknown): at is Date =>
  at instanceof Date && at.getTime() >= FIRST_TIME && at.getTime() <= END_OF_TIME

function kindOf(text: string): Actor['kind'] {
  const kind = actorKinds.find((known) => known === text)
  if (!kind) throw new TypeError(`nobody acts as ${text}`)
  return kind
}

function fieldsOf(value: unknown): SnapshotFields | null {
  if (value === null) return null
  if (!isFields(value)) throw new TypeError('a snapshot is an object')
  if (!isPlain(value, DEEPEST_SNAPSHOT)) throw new TypeError('a snapshot is nested too deeply, or holds no number')
  return value
}

/** What a column of JSON holds is JSON: that it is an object is all that is left to ask. */
const isFields = (value: unknown): value is SnapshotFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is nested without end stops whoever writes it down again; and of a number beyond all numbers JSON makes an infinite one. */
const isPlain = (value: unknown, levels: number): boolean =>
  typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value !== 'object' ||
      value === null ||
      (levels > 0 && Object.values(value).every((inner) => isPlain(inner, levels - 1)))
