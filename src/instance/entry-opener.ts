import { createEntryOpener, type EntryOpener } from '../audit/entry/opened.ts'
import type { OpensForPersons } from '../audit/entry/ports.ts'
import type { Keyring } from '../keyring/keyring.ts'
import { fail } from '../lib/result.ts'
import { openedWith } from './opened-with.ts'

export const openEntryOpener = ({ persons }: Pick<Keyring, 'persons'>): EntryOpener =>
  createEntryOpener({ persons: opensFor(persons) })

/** The audit room reads what was sealed with the keys of persons; who was erased has none. */
const opensFor =
  (persons: Keyring['persons']): OpensForPersons =>
  async (db, people) => {
    const sealers = await persons.ofAll(db, people)
    return async (person, place, sealed) => {
      const sealer = sealers.get(person)
      return sealer ? openedWith(sealer, place, sealed) : fail('erased')
    }
  }
