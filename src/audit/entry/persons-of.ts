import { defineId, type Id } from '../../lib/ids.ts'
import type { ChainedEntry } from './stored-entry.ts'

const personId = defineId('usr')

/** Whose keys open what is sealed in it: who acted comes first. */
export function personsOf({
  actor,
  actorName,
  personal,
  origin,
}: Pick<ChainedEntry, 'actor' | 'actorName' | 'personal' | 'origin'>): Id<'usr'>[] {
  const isNamed = actorName !== null && typeof actorName !== 'string'
  const named = isNamed && actor.id !== null && personId.is(actor.id) ? [actor.id] : []
  return [...named, ...[personal, origin].flatMap((sealed) => sealed?.of ?? [])]
}
