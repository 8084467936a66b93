import { untilNoDeadlock } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { SessionId } from '../../sessions/session.ts'
import type { DropSignIns, Grants, OwnFactors, Sessions, Users } from '../ports.ts'
import type { Visit } from '../viewer.ts'

/** Signed out from afar: dead for the engine at once, with everything that was given there. */
export interface SessionEnds {
  /** Of the person's own alone: the id of anybody else's does nothing, and says so to nobody. */
  end(visit: Visit, session: SessionId): Promise<void>
  /**
   * Those too that no list shows: a sign-in that is done and waits to be followed home, or is under way, may be somebody
   * else's; and what an application was given to go on with when nobody is signed in. And no browser skips the second factor any more: somebody who asks for this does not trust
   * where they were.
   */
  endOthers(visit: Visit): Promise<void>
}

interface SessionEndsDeps {
  readonly db: Db
  readonly users: Pick<Users, 'hold'>
  readonly sessions: Pick<Sessions, 'listOf' | 'liveOf' | 'hold' | 'end'>
  readonly dropSignIns: DropSignIns
  readonly grants: Pick<Grants, 'revokeAllBut'>
  readonly own: { readonly trustedBrowsers: Pick<OwnFactors['trustedBrowsers'], 'endAllOf'> }
}

export function sessionEnds(deps: SessionEndsDeps): SessionEnds {
  const { db, users, sessions, dropSignIns, grants, own } = deps

  return {
    end: async (visit, session) => {
      const { user, session: here } = visit.viewer
      const theirs = await sessions.listOf(user)
      if (session === here || !theirs.some(({ id }) => id === session)) return
      await untilNoDeadlock(db, (tx) => sessions.end(tx, visit.by, session, 'revoked'))
    },
    endOthers: (visit) =>
      untilNoDeadlock(db, async (tx) => {
        const { by, viewer } = visit
        // Held as a sign-in holds them that is about to be done: one of the two comes first, and is seen by the other.
        if (!(await users.hold(tx, viewer.user)) || !(await sessions.hold(tx, viewer.session))) return
        await dropSignIns(tx, viewer.user)
        // In one order, as they come.
        for (const id of await sessions.liveOf(tx, viewer.user))
          if (id !== viewer.session) await sessions.end(tx, by, id, 'revoked')
        await grants.revokeAllBut(tx, by, viewer.user, viewer.session)
        await own.trustedBrowsers.endAllOf(tx, by, viewer.user, 'everything-ended')
      }),
  }
}
