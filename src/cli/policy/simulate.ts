import type { Db } from '../../db/types.ts'
import type { Proof } from '../../factors/factor.ts'
import { type Foreseen, foresee, usualSignIn, worstOf } from '../../factors/foresee.ts'
import type { Held } from '../../factors/held.ts'
import { demandOf } from '../../factors/rule.ts'
import { heldByEach } from '../../factors/store.ts'
import { readProofs } from '../../factors/stored.ts'
import type { Id } from '../../lib/ids.ts'
import { type RecentSignIn, recentSignIns } from '../../sessions/recent-store.ts'
import type { User } from '../../users/user.ts'
import type { Page, Subject } from './people.ts'

const RECENT_MS = 30 * 86_400_000

export interface Touched extends Foreseen {
  readonly user: Pick<User, 'id' | 'email'>
}

export interface Simulated {
  readonly people: number
  readonly touched: readonly Touched[]
}

interface Course {
  /** Of those who are touched: who it is, a page at once. */
  readonly who: (ids: readonly Id<'usr'>[]) => Promise<readonly User[]>
  readonly db: Db
  readonly now: Date
  /** After each page: how many were read. */
  readonly progress: (read: number) => void
}

/** Reads, and writes nothing: what each of them would meet is what `decide` says of it. */
export async function simulate(pages: AsyncIterable<Page>, { db, now, who, progress }: Course): Promise<Simulated> {
  const since = new Date(now.getTime() - RECENT_MS)
  const touched: Touched[] = []
  let [people, read] = [0, 0]
  for await (const page of pages) {
    const ids = page.subjects.map(({ user }) => user)
    const held = await heldByEach(db, ids)
    const signIns = Map.groupBy(await recentSignIns(db, ids, since), ({ user }) => user)
    const found = new Map<Id<'usr'>, Foreseen>()
    for (const subject of page.subjects) {
      const { user } = subject
      const theirs = held.get(user)
      const foreseen = theirs && judged(subject, theirs, signIns.get(user) ?? [], now)
      people += 1
      if (foreseen && foreseen.outcome !== 'untouched') found.set(user, foreseen)
    }
    for (const { id, email } of await who([...found.keys()])) {
      const foreseen = found.get(id)
      if (foreseen) touched.push({ user: { id, email }, ...foreseen })
    }
    read += page.read
    progress(read)
  }
  return { people, touched }
}

/**
 * In each of their situations by each of their sign-ins, and the one that goes worst tells; where there is none, by the one
 * that the present rules make.
 */
function judged({ situations }: Subject, held: Held, signIns: readonly RecentSignIn[], at: Date) {
  const foreseen = situations.flatMap(({ standing, tried }) => {
    const demand = demandOf(tried)
    const starts = signIns.length > 0 ? signIns.map(provenIn) : [usualSignIn(held, demandOf(standing), at)]
    return starts.map((proofs) => foresee(held, demand, proofs, at))
  })
  return worstOf(foreseen)
}

/** One that is older than the proofs are kept began with a password. */
function provenIn({ proofs, at }: RecentSignIn): readonly Proof[] {
  const kept = readProofs(proofs)
  return kept.length > 0 ? kept : [{ factor: 'password', at }]
}
