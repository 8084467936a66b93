import { AppError } from '../../errors/app-error.ts'
import type { Unit } from '../unit/unit.ts'
import { asKnown, type Decisive } from './as-known-store.ts'
import { isBuiltIn } from './built-in.ts'

/**
 * What this process knows of a client is as old as the last notification. A grant is for long, and that somebody was not asked
 * (`firstParty`) or what they are called is decided by the row itself, in the transaction that grants: whoever changes it
 * (`lockClient`) waits for that, and then ends what was granted, or was first, and nothing is. In front of the consent and the grant,
 * as whoever changes it goes.
 */
export function mustBeAsKnown(unit: Unit, client: Decisive): void {
  // Of no row, and nobody changes them.
  if (isBuiltIn(client.id)) return
  unit.writeOne(
    async (db) => {
      const { id, firstParty, subjectType, sector } = client
      const { rows } = await asKnown(db, { id, firstParty, subjectType, sector })
      if (rows.length === 0) throw new AppError('interaction-gone')
    },
    { decides: true },
  )
}
