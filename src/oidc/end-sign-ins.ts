import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import { inOrganisation, inTransaction, untilNoDeadlock } from '../db/transaction.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import { recordRevoked } from './artifacts/ended-grants.ts'
import {
  countGrants,
  deleteForOrganisation,
  deleteGrantsOfClient,
  type EndedGrant,
  findForOrganisation,
  momentNow,
} from './artifacts/ending-store.ts'
import type { TellClients } from './back-channel/tell.ts'

export interface Ended {
  readonly sessions: number
  readonly grants: number
}

interface Going {
  readonly signal: AbortSignal
  /** Called after each batch, with grants. */
  readonly step?: (done: number, total: number) => void
}

/** What is signed in to one application, or for one organisation: of anybody, in small transactions. */
export interface EndSignIns {
  /** Everybody signed in to it has to come again. Their sessions go on: other applications have them too. */
  ofClient(by: ActorContext, client: string, going: Going): Promise<Ended>
  /**
   * Sessions in which something was issued for it end, with all that was given in them, unless something was issued for
   * another organisation as well: then what was issued for this one ends, and the session goes on.
   */
  ofOrganisation(by: ActorContext, organisation: Id<'org'>, going: Going): Promise<Ended>
}

interface EndSignInsDeps {
  readonly db: Db
  readonly events: Pick<EventWriter, 'recordEvent'>
  readonly tell: TellClients
  readonly endSession: (tx: Tx, by: ActorContext, session: Id<'ses'>) => Promise<boolean>
  /** Grants in one transaction: so that none is long. */
  readonly batch?: number
}

const BATCH = 200

export function endingSignIns(deps: EndSignInsDeps): EndSignIns {
  const { db, events, tell, endSession, batch = BATCH } = deps

  const tellAll = async (tx: Tx, ended: readonly EndedGrant[]) => {
    for (const { client, user, session, earlier } of ended)
      for (const one of [session, ...earlier]) if (user) await tell(tx, [client], { user, session: one })
  }

  /** `once` answers how many it took, and is done when it finds fewer than it may take. */
  const inSteps = async ({ signal, step }: Going, total: number, once: () => Promise<Ended & { taken: number }>) => {
    let [sessions, grants, seen] = [0, 0, 0]
    for (;;) {
      const { taken, ...ended } = await once()
      sessions += ended.sessions
      grants += ended.grants
      seen += taken
      step?.(Math.min(seen, total), total)
      if (taken < batch || signal.aborted) return { sessions, grants }
    }
  }

  return {
    ofClient: async (by, client, going) => {
      const limits = { before: await momentNow(db), limit: batch }
      const total = await countGrants(db, { client })
      const done = await inSteps(going, total, () =>
        untilNoDeadlock(db, async (tx) => {
          const ended = await deleteGrantsOfClient(tx, client, limits)
          await recordRevoked(tx, events, by, { ended, reason: 'client-ended' })
          await tellAll(tx, ended)
          return { sessions: 0, grants: ended.length, taken: ended.length }
        }),
      )
      // Last: the announcement that it brings along is of all tokens from before it.
      const after = { public: { grants: done.grants } }
      await inTransaction(db, (tx) =>
        events.recordEvent(tx, by, { action: 'client.sign_ins_ended', target: client, after }),
      )
      return done
    },
    ofOrganisation: async (by, organisation, going) => {
      const limits = { before: await momentNow(db), limit: batch }
      const total = await countGrants(db, { organisation })
      const done = await inSteps(going, total, () =>
        untilNoDeadlock(db, async (tx) => {
          const found = await findForOrganisation(tx, organisation, limits)
          let sessions = 0
          // Before any grant is held, as whoever signs in there goes.
          for (const { session } of found.sessions) if (await endSession(tx, by, session)) sessions += 1
          // What is left: of sessions that go on, and of those that had fallen asleep before.
          const ended = await deleteForOrganisation(tx, organisation, found.grants)
          await recordRevoked(tx, events, by, { ended, reason: 'organisation-ended' })
          await tellAll(tx, ended)
          return { sessions, grants: found.grants.length, taken: found.grants.length }
        }),
      )
      const after = { public: { sessions: done.sessions, grants: done.grants } }
      await inOrganisation(db, organisation, (tx) =>
        events.recordEvent(
          tx,
          { ...by, organisation },
          { action: 'organisation.sign_ins_ended', target: organisation, after },
        ),
      )
      return done
    },
  }
}
