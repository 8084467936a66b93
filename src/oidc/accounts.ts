import type { Account, EngineContext } from 'oidc-provider'
import { AppError } from '../errors/app-error.ts'
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
  /** The same; on the way back from a sign-in nothing goes on for whoever was disabled since, and they begin anew. */
  findFor(ctx: EngineContext, id: string): Promise<Account | undefined>
}

const waysBack: readonly (string | undefined)[] = ['resume', 'device_resume']

export function createAccounts(users: Users): Accounts {
  const person = (id: string) => {
    const unit = currentUnit()
    return unit.person(id, async () => {
      if (!userId.is(id)) return undefined
      const tx = await unit.held()
      return tx ? users.findIn(tx, id) : users.find(id)
    })
  }
  const find = async (id: string): Promise<Account | undefined> => {
    if (!userId.is(id)) return undefined
    const isActive = findUnit()?.active === id || (await person(id))?.status === 'active'
    return isActive
      ? accountOf(
          id,
          () => person(id),
          () => findUnit()?.chosen,
        )
      : undefined
  }
  return {
    person,
    find,
    findFor: async ({ oidc }, id) => {
      const account = await find(id)
      if (!account && waysBack.includes(oidc.route)) throw new AppError('interaction-gone')
      return account
    },
  }
}
