import type { ActorContext } from '../audit/actor.ts'
import { untilNoDeadlock } from '../db/transaction.ts'
import { deleteAttemptsOf } from '../login/attempts/store.ts'
import { type EndSignIns, endingSignIns } from '../oidc/end-sign-ins.ts'
import type { SessionId } from '../sessions/session.ts'
import type { UserId } from '../users/user.ts'
import { endingEverything } from './end-everything.ts'
import { hangingOnSessions } from './hanging-on-sessions.ts'
import type { People } from './people.ts'
import type { Services } from './services.ts'

/** The end of what is signed in, for whoever looks after the instance: each in the person's interest, none in their name. */
export interface SignIns extends EndSignIns {
  /** False for one that had ended before. */
  one(by: ActorContext, session: SessionId): Promise<boolean>
  /** With all that applications hold, sign-ins under way and browsers that are trusted; of all, or all but one. Undefined for nobody. */
  ofPerson(by: ActorContext, user: UserId, except?: SessionId): Promise<number | undefined>
}

interface SignInsOptions {
  readonly services: Pick<Services, 'database' | 'events' | 'enqueue' | 'revocations'>
  readonly people: Pick<People, 'users' | 'sessions' | 'grants' | 'guard' | 'factors'>
  /** Of whatever there may be many of. */
  readonly batch?: number
}

export function openSignIns({ services, people, batch }: SignInsOptions): SignIns {
  const { database, events, enqueue, revocations } = services
  const { users, sessions, grants, guard, factors } = people
  const { trustedBrowsers } = factors
  const db = database.app
  const { tell } = hangingOnSessions({ events, enqueue })
  const endEverything = endingEverything({
    sessions,
    grants,
    revocations,
    browsers: () => guard.browsers,
    trustedBrowsers,
  })
  return {
    ...endingSignIns({
      db,
      events,
      tell,
      endSession: (tx, by, id) => sessions.end(tx, by, id, 'revoked'),
      ...(batch !== undefined && { batch }),
    }),
    one: (by, session) => untilNoDeadlock(db, (tx) => sessions.end(tx, by, session, 'revoked')),
    ofPerson: (by, user, except) =>
      untilNoDeadlock(db, async (tx) => {
        // Held as a sign-in holds them that is about to be done: one of the two comes first, and is seen by the other.
        if (!(await users.hold(tx, user))) return undefined
        if (!except) return endEverything(tx, by, user, 'revoked')
        const ended = await sessions.endAllOf(tx, by, user, { reason: 'revoked', except })
        await grants.revokeAllBut(tx, by, user, except)
        await deleteAttemptsOf(tx, user)
        await trustedBrowsers.endAllOf(tx, by, user, 'everything-ended')
        return ended
      }),
  }
}
