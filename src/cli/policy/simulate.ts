import type { Db } from '../../db/types.ts'
import type { Proof } from '../../factors/factor.ts'
import { type Foreseen, foresee, usualSignIn, worstOf } from '../../factors/foresee.ts'
import type { Held } from '../../factors/held.ts'
import { demandOf } from '../../factors/rule.ts'
import { heldByEach } from '../../factors/store.ts'
import { readProofs } from '../../factors/stored.ts'
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
  readonly db: Db
  readonly now: Date
  /** After each page: how many were read. */
  readonly progress: (read: number) => void
}

/** Reads, and writes nothing: what each of them would meet is what `decide` says of it. */
export async function simulate(pages: AsyncIterable<Page>, { db, now, progress }: Course): Promise<Simulated> {
  const since = new Date(now.getTime() - RECENT_MS)
  const touched: Touched[] = []
  let [people, read] = [0, 0]
  for await (const page of pages) {
    const ids = page.subjects.map(({ user }) => user.id)
    const held = await heldByEach(db, ids)
    const signIns = Map.groupBy(await recentSignIns(db, ids, since), ({ user }) => user)
    for (const subject of page.subjects) {
      const { user } = subject
      const theirs = held.get(user.id)
      const found = theirs && judged(subject, theirs, signIns.get(user.id) ?? [], now)
      people += 1
      if (found && found.outcome !== 'untouched') touched.push({ user: { id: user.id, email: user.email }, ...found })
    }
    read += page.read
    progress(read)
  }
  return { people, touched }
}

/** By each of their sign-ins, and the one that goes worst tells; where there is none, by the one that the present rules make. */
function judged({ standing, tried }: Subject, held: Held, signIns: readonly RecentSignIn[], at: Date) {
  const demand = demandOf(tried)
  const starts = signIns.length > 0 ? signIns.map(provenIn) : [usualSignIn(held, demandOf(standing), at)]
  return worstOf(starts.map((proofs) => foresee(held, demand, proofs, at)))
}

/** One that is older than the proofs are kept began with a password. */
function provenIn({ proofs, at }: RecentSignIn): readonly Proof[] {
  const kept = readProofs(proofs)
  return kept.length > 0 ? kept : [{ factor: 'password', at }]
}
