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
  const person = (id: string) => currentUnit().person(id, async () => (userId.is(id) ? users.find(id) : undefined))
  return {
    person,
    find: async (id) => {
      const found = await person(id)
      return found?.status === 'active' && userId.is(id) ? accountOf(id, found, () => findUnit()?.chosen) : undefined
    },
  }
}
