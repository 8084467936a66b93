import type { SealForPerson } from '../audit/sealer.ts'
import type { Keyring } from '../keyring/keyring.ts'

/** The audit room asks for a seal under a person's key; who was erased has none, and nothing may be written about them. */
export const sealForPerson =
  (keyring: () => Pick<Keyring, 'persons'>): SealForPerson =>
  async (tx, personId) => {
    const sealer = await keyring().persons.of(tx, personId)
    if (!sealer.ok) throw new Error(`nothing can be sealed for ${personId}: its key is ${sealer.error}`)
    return sealer.value.seal
  }
