import type { InstanceTx } from '../../db/transaction.ts'
import type { ChainedEntry } from '../entry/stored-entry.ts'

/**
 * Somebody who is to hear of every event, once it is in the chain: in its order, without a gap, and where they left off
 * after a crash.
 */
export interface Follower {
  /** Its place is kept by it. */
  readonly name: string
  /**
   * A new one hears of what comes (`end`), or of everything that there ever was (`beginning`). `begun`: of what comes, and where the
   * instance itself is new of all of it, for what happens before the first look is what comes.
   */
  readonly from: 'beginning' | 'begun' | 'end'
  /**
   * In the transaction that moves it on: what it writes here is written once. What leaves the database (a line to a SIEM)
   * leaves at least once, for the transaction may fail afterwards. What retention took away meanwhile is left out.
   */
  take(tx: InstanceTx, entries: readonly ChainedEntry[]): Promise<void>
}
