import type { Tx } from '../../db/types.ts'
import type { Enqueue } from '../../jobs/enqueue.ts'
import type { Id } from '../../lib/ids.ts'
import { whoAreTold } from './clients-store.ts'
import { tellOfLogout } from './notice.ts'

interface Leaving {
  readonly user: Id<'usr'>
  /** Null: all that they are signed in to. */
  readonly session: Id<'ses'> | null
}

/** In the transaction that ends it: nobody is told of what did not happen, and nobody is left out by a crash. */
export type TellClients = (tx: Tx, clients: readonly string[], leaving: Leaving) => Promise<void>

export const tellingClients =
  (enqueue: Enqueue): TellClients =>
  async (tx, clients, { user, session }) => {
    if (clients.length === 0) return
    for (const client of await whoAreTold(tx, clients))
      await enqueue(tx, tellOfLogout, { client, user, session }, { group: client })
  }
