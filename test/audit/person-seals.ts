import { randomUUID } from 'node:crypto'
import type { SealedPlace, SealForPerson } from '../../src/audit/sealer.ts'
import { randomKey, toSecretKey } from '../../src/keyring/seal/aead.ts'
import { type DataKey, open, seal } from '../../src/keyring/seal/sealed.ts'

interface PersonSeals {
  readonly sealForPerson: SealForPerson
  open(personId: string, place: SealedPlace, sealed: Buffer): string
  /** What erasing a person is: their key is gone. */
  erase(personId: string): void
}

/** Real seals under a key for each person, kept in memory: what the keyring does, less its tables. */
export function personSeals(): PersonSeals {
  const keys = new Map<string, DataKey>()
  const keyOf = (personId: string): DataKey => {
    const key = keys.get(personId) ?? { id: randomUUID(), secret: toSecretKey(randomKey()) }
    keys.set(personId, key)
    return key
  }
  return {
    sealForPerson: async (_tx, personId) => (place, plaintext) => seal(keyOf(personId), place, plaintext),
    open: (personId, place, sealed) => open(keys.get(personId), place, sealed).reveal().toString('utf8'),
    erase: (personId) => void keys.delete(personId),
  }
}
