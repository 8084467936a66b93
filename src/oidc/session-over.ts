import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import { recordRevoked } from './artifacts/ended-grants.ts'
import { deleteGrantsIn, moveOfflineGrants } from './artifacts/ending-store.ts'
import type { TellClients } from './back-channel/tell.ts'

interface Over {
  readonly session: Id<'ses'>
  readonly user: Id<'usr'>
  readonly reason: string
  /** Where the same browser signed in anew. */
  readonly next?: Id<'ses'>
}

interface OverDeps {
  readonly events: Pick<EventWriter, 'recordEvent'>
  readonly tell: TellClients
}

/** All that the person has ends in the same transaction, outside of sessions too: `personGrants` does it, and tells. */
const withEverything = ['user-disabled', 'account-locked', 'account-recovered', 'password-changed']
/** Nobody ended it: what was granted to go on without a session goes on. */
const byItself = ['idle', 'expired']

/**
 * What was given in a session ends with it, and each application that somebody was signed in to by it is told. Where it merely
 * fell asleep offline access stays, and where it gave way to the next one of the same browser that one has it from then on:
 * so it still ends with the browser's.
 */
export const endingWhatCameOf =
  ({ events, tell }: OverDeps) =>
  async (tx: Tx, by: ActorContext, { session, user, reason, next }: Over): Promise<void> => {
    if (withEverything.includes(reason)) return
    if (next) await moveOfflineGrants(tx, session, next)
    const isOver = byItself.includes(reason)
    const ended = await deleteGrantsIn(tx, session, { keepsOffline: isOver })
    await recordRevoked(tx, events, by, { ended, reason: next || isOver ? 'session-over' : 'signed-out' })
    const clients = ended.map(({ client }) => client)
    await tell(tx, clients, { user, session })
    // What had moved here is known to its application by the session that it came from.
    for (const { client, earlier } of ended) for (const one of earlier) await tell(tx, [client], { user, session: one })
  }
