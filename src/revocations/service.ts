import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { BEGINNING, type Position, readPosition, writePosition } from './position.ts'
import { type Announced, type Announcement, revocationId } from './revocation.ts'
import { insertRevocation, readRevocations } from './store.ts'

export interface RevocationPage {
  readonly entries: readonly Announced[]
  /** To be given as `after` the next time, whether or not there was an entry. */
  readonly next: string
  /** There is more to be had at once. */
  readonly more: boolean
  /** Higher than that of every page before, whichever process answered. */
  readonly sequence: number
}

export interface Revocations {
  /** In the transaction of the change that ends the tokens. What is to end when no token can be left is not announced. */
  announce(tx: Tx, what: Announcement): Promise<void>
  /**
   * What was announced since `next` of the page before; without it, all that still matters. Nothing is lost, however
   * transactions overlap; something may come twice, which changes nothing for whoever refuses what it names.
   */
  since(after: string | undefined, limit: number): Promise<Result<RevocationPage, 'after-invalid'>>
}

interface RevocationsDeps {
  readonly db: Db
  readonly clock: Clock
  /** Milliseconds: no token lives longer. */
  readonly longestTokenLifetime: number
}

/** A service's clock may be slow: it goes on believing a token for that long. */
const SLOW_CLOCK_MS = 5 * 60_000

export function createRevocations({ db, clock, longestTokenLifetime }: RevocationsDeps): Revocations {
  return {
    announce: async (tx, what) => {
      const at = clock.now()
      const lastExpiry = at.getTime() + longestTokenLifetime
      if (what.from && what.from.getTime() >= lastExpiry) return
      const expiresAt = new Date(lastExpiry + SLOW_CLOCK_MS)
      await insertRevocation(tx, { ...what, id: revocationId.generate(), at }, expiresAt)
    },
    since: async (after, limit) => {
      const position = after === undefined ? BEGINNING : readPosition(after)
      if (!position) return fail('after-invalid')
      const { entries, snapshot, sequence } = await readRevocations(db, position, {
        limit: limit + 1,
        now: clock.now(),
      })
      const page = entries.slice(0, limit)
      const last = page.at(-1)
      const more = entries.length > limit && last !== undefined
      // The round is over when all is told that the snapshot at its beginning did show; what came since comes again.
      const ended = position.round?.next ?? { snapshot, at: String(sequence) }
      const next: Position = more
        ? { seen: position.seen, round: { next: ended, xid: last.xid, id: last.uuid } }
        : { seen: ended, round: undefined }
      return ok({
        entries: page.map(({ xid: _, uuid: __, ...entry }) => entry),
        next: writePosition(next),
        more,
        sequence,
      })
    },
  }
}
