import type { TellOfReplay } from '../oidc/ports.ts'
import type { People } from './people.ts'

/** Without device and place: what came was an application's, and the owner would recognise neither. */
export const tellingOfReplay =
  ({ users, notices }: Pick<People, 'users' | 'notices'>): TellOfReplay =>
  async (tx, by, id) => {
    const user = await users.findIn(tx, id)
    if (user) await notices.tell(tx, by, { user, what: 'tokens-replayed' })
  }
