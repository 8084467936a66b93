import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { SessionId } from '../../sessions/session.ts'
import type { Grants, OwnFactors, Sessions } from '../ports.ts'
import type { Visit } from '../viewer.ts'

/** Signed out from afar: dead for the engine at once, with everything that was granted there. */
export interface SessionEnds {
  /** Of the person's own alone: the id of anybody else's does nothing, and says so to nobody. */
  end(visit: Visit, session: SessionId): Promise<void>
  /** And no browser skips the second factor any more: somebody who asks for this does not trust where they were. */
  endOthers(visit: Visit): Promise<void>
}

interface SessionEndsDeps {
  readonly db: Db
  readonly sessions: Pick<Sessions, 'listOf' | 'end'>
  readonly grants: Pick<Grants, 'revokeOfSession'>
  readonly own: { readonly trustedBrowsers: Pick<OwnFactors['trustedBrowsers'], 'endAllOf'> }
}

export function sessionEnds({ db, sessions, grants, own: { trustedBrowsers } }: SessionEndsDeps): SessionEnds {
  const endEach = async ({ by, viewer }: Visit, which: (id: SessionId) => boolean) => {
    const theirs = await sessions.listOf(viewer.user)
    const chosen = theirs.filter(({ id }) => id !== viewer.session && which(id))
    if (chosen.length === 0) return
    await inTransaction(db, async (tx) => {
      // Always in one order: two that end the same wait for each other once, not in a circle.
      for (const { id } of chosen.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
        await grants.revokeOfSession(tx, by, { user: viewer.user, session: id })
        await sessions.end(tx, by, id, 'revoked')
      }
    })
  }
  return {
    end: (visit, session) => endEach(visit, (id) => id === session),
    endOthers: async (visit) => {
      await endEach(visit, () => true)
      const { by, viewer } = visit
      await inTransaction(db, (tx) => trustedBrowsers.endAllOf(tx, by, viewer.user, 'everything-ended'))
    },
  }
}
