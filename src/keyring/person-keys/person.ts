import { defineId, type Id } from '../../lib/ids.ts'
import type { Place } from '../seal/sealed.ts'

/** The keyring knows of a person only that they have a key. */
export type PersonId = Id<'usr'>
export const personId = defineId('usr')

export const placeOfPersonKey = (person: PersonId): Place => ({
  table: 'person_keys',
  column: 'sealed',
  row: personId.toUuid(person),
})
