import { defineId, type Id } from '../lib/ids.ts'
import type { ActorContext } from './actor.ts'
import { changedOf } from './changed.ts'
import type { EventInput } from './event.ts'
import { NOBODY } from './sealer.ts'
import { checkedFields, type Snapshot, type SnapshotFields } from './snapshot.ts'
import { targetKindOf } from './vocabulary.ts'

const personId = defineId('usr')

interface PersonalFields {
  readonly of: Id<'usr'>
  readonly fields: { readonly before: SnapshotFields | null; readonly after: SnapshotFields | null }
}

/** The person's fields before and after, together, as they are sealed. */
export function personalFields({ before, after }: EventInput): PersonalFields | undefined {
  const of = before?.personal?.personId ?? after?.personal?.personId
  if (!of) return undefined
  if (after?.personal && after.personal.personId !== of)
    throw new TypeError('an event holds the fields of one person: write one for each')
  const changed = changedOf({ before: fieldsOf(before), after: fieldsOf(after) })
  if (!changed.before && !changed.after) return undefined
  return { of, fields: { before: changed.before ?? null, after: changed.after ?? null } }
}

const fieldsOf = (snapshot: Snapshot | undefined) => snapshot?.personal && checkedFields(snapshot.personal.fields)

/**
 * Whose the address is: the acting person's; where nobody is proven, that of the person it was about, so that no
 * address tied to a person outlives their erasure; else nobody's.
 */
export function ipOwner({ actor }: ActorContext, event: EventInput): Id<'usr'> {
  if (actor.kind === 'person') return actor.id
  if (targetKindOf(event.action) === 'person' && personId.is(event.target)) return event.target
  return event.before?.personal?.personId ?? event.after?.personal?.personId ?? NOBODY
}
