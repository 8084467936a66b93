import type { Account } from 'oidc-provider'
import { defineId } from '../lib/ids.ts'
import { accountOf } from './claims.ts'
import type { Person, Users } from './ports.ts'
import { currentUnit, findUnit } from './unit/units.ts'

const userId = defineId('usr')

export interface Accounts {
  /** Once a request, whoever asks. */
  person(id: string): Promise<Person | undefined>
  /** For the engine: whoever was disabled has no account, and so gets nothing. */
  find(id: string): Promise<Account | undefined>
}

export function createAccounts(users: Users): Accounts {
  const person = (id: string) => {
    const unit = currentUnit()
    return unit.person(id, async () => {
      if (!userId.is(id)) return undefined
      const tx = await unit.held()
      return tx ? users.findIn(tx, id) : users.find(id)
    })
  }
  return {
    person,
    find: async (id) => {
      if (!userId.is(id)) return undefined
      const isActive = findUnit()?.active === id || (await person(id))?.status === 'active'
      return isActive
        ? accountOf(
            id,
            () => person(id),
            () => findUnit()?.chosen,
          )
        : undefined
    },
  }
}
