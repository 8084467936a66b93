import type { Db, Tx } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import type { Actor } from '../actor.ts'
import { type EventId, eventId } from '../event.ts'
import type { SnapshotFields } from '../snapshot.ts'
import { personalIn } from './personal-fields.ts'
import { personsOf } from './persons-of.ts'
import type { OpenedSeals, OpensForPersons, SealedIn } from './ports.ts'
import type { ChainedEntry } from './stored-entry.ts'

/** An entry as people read it: what was sealed in it is open, as far as whom it is about still is somebody. */
export interface OpenedEntry {
  readonly seq: number
  readonly id: EventId
  readonly at: Date
  readonly organisation: Id<'org'> | null
  readonly action: string
  /** `name`: what they were called then. */
  readonly actor: { readonly kind: Actor['kind']; readonly id: string | null; readonly name: string | null }
  readonly target: { readonly kind: string; readonly id: string }
  /** What says something about a person is among the rest. */
  readonly before: SnapshotFields | null
  readonly after: SnapshotFields | null
  readonly ip: string | null
  readonly userAgent: string | null
  readonly session: Id<'ses'> | null
  readonly requestId: string | null
  /** Somebody whom it was about was erased: what was theirs is left out. */
  readonly erased: boolean
  /** Something sealed in it does not open although there is a key: it was changed. Which is for `audit verify` to say. */
  readonly broken: boolean
}

export interface EntryOpener {
  /** In their order. The keys of all of them are asked for at once. */
  open(db: Db | Tx, entries: readonly ChainedEntry[]): Promise<OpenedEntry[]>
}

interface EntryOpenerDeps {
  readonly persons: OpensForPersons
}

export const createEntryOpener = ({ persons }: EntryOpenerDeps): EntryOpener => ({
  open: async (db, entries) => {
    const seals = await persons(db, [...new Set(entries.flatMap(personsOf))])
    return Promise.all(entries.map((entry) => openOne(seals, entry)))
  },
})

async function openOne(seals: OpenedSeals, entry: ChainedEntry): Promise<OpenedEntry> {
  const { personal, origin, actorName } = entry
  let [erased, broken] = [false, false]
  const row = eventId.toUuid(entry.id)
  const text = async (of: Id<'usr'>, place: SealedIn, sealed: Buffer | null) => {
    if (!sealed) return null
    const opened = await seals(of, place, sealed)
    if (opened.ok) return opened.value
    if (opened.error === 'erased') erased = true
    else broken = true
    return null
  }
  const nameOf = async () => {
    if (actorName === null || typeof actorName === 'string') return actorName
    const [actor] = personsOf({ ...entry, personal: null, origin: null })
    return actor ? text(actor, { table: 'audit_chain', column: 'actor_name_sealed', row }, actorName.sealed) : null
  }
  const name = await nameOf()
  const fields = personal && (await text(personal.of, { table: 'events', column: 'personal', row }, personal.sealed))
  const ip = origin && (await text(origin.of, { table: 'events', column: 'ip', row }, origin.ip))
  const userAgent = origin && (await text(origin.of, { table: 'events', column: 'user_agent', row }, origin.userAgent))
  const theirs = personalIn(fields)
  const { seq, id, at, organisation, action, actor, target, session, requestId } = entry
  return {
    seq,
    id,
    at,
    organisation,
    action,
    actor: { ...actor, name },
    target,
    before: together(entry.before, theirs.before),
    after: together(entry.after, theirs.after),
    ip,
    userAgent,
    session,
    requestId,
    erased,
    broken,
  }
}

const together = (fields: SnapshotFields | null, theirs: SnapshotFields | null): SnapshotFields | null =>
  fields && theirs ? { ...fields, ...theirs } : (fields ?? theirs)
