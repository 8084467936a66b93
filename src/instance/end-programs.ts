import { instanceAuthority } from '../access/authority.ts'
import type { ActorContext } from '../audit/actor.ts'
import type { EndingPrograms } from '../orgs/ports.ts'
import { changingStatus, type StatusDeps } from '../service-accounts/status.ts'
import { allAccountsOf, lockAccount } from '../service-accounts/store.ts'
import { holdingAll, type LeavingDeps, leavingAll } from './leave-all.ts'

/**
 * Programs end with the organisation that looks after them, wherever else they work: nobody would be left who could end
 * them, and those for whom they work would not learn that nobody looks after them.
 */
export const endingPrograms =
  (deps: StatusDeps<ActorContext>) =>
  (own: LeavingDeps): EndingPrograms<ActorContext> => {
    const holdAll = holdingAll(own)
    const leave = leavingAll(own)
    const write = changingStatus(deps)
    return {
      hold: async (tx, organisation) => holdAll(tx, organisation, await allAccountsOf(tx, organisation)),
      end: async (tx, by, organisation) => {
        for (const id of await allAccountsOf(tx, organisation)) {
          const account = await lockAccount(tx, organisation, id)
          if (!account) continue
          const left = await leave(tx, by, instanceAuthority, { organisation, account: id })
          if (!left.ok) throw new Error(`${id} cannot leave: ${left.error}`)
          await write(tx, by, account, 'removed')
        }
      },
    }
  }
