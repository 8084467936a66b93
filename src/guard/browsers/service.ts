import type { Whose } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { UserId } from '../../users/user.ts'
import type { Identities } from '../identity.ts'
import { renameCounters } from '../lockout/store.ts'
import { type Browser, KEPT_DAYS, newBrowser } from './browser.ts'
import {
  deleteBeyond,
  deleteBrowsersOf,
  noteSignIn,
  putBrowser,
  renameBrowser,
  seenAt,
  seenFinder,
  touchBrowser,
  whoKnows,
} from './store.ts'

/**
 * In which browsers somebody has completed a sign-in: there a stranger's failures do not count, and elsewhere a sign-in
 * is news to the owner. It is no factor and proves nothing: whoever steals the cookie gains a counter of their own.
 */
export interface KnownBrowsers {
  /** Nobody knows a browser, at the same cost; one that is fresh costs nothing. */
  isKnown(user: UserId | undefined, browser: Browser): Promise<boolean>
  /** The same, of whomever a part of the statement names. */
  finder<Values>(whose: Whose<Values>): (values: Values, browser: Browser) => Promise<boolean>
  /** In the transaction that completes the sign-in. */
  remember(tx: Tx, user: UserId, browser: Browser): Promise<Meeting>
  /** After "this was not me", or with the person. */
  forgetAll(tx: Tx, user: UserId): Promise<number>
  /** Which of them a periodic job forgets: those that were not seen since. */
  unseenSince(): Date
}

export interface Meeting {
  /** `new`: the account was not signed in to there, as far as it remembers, and was elsewhere once. */
  readonly kind: 'first' | 'new' | 'known'
  /** As it is called from now on: for the cookie of the answer. */
  readonly browser: Browser
}

interface BrowsersDeps {
  readonly db: Db
  readonly identities: Pick<Identities, 'person'>
  readonly nobody: UserId
  readonly clock: Clock
}

const DAY_MS = 86_400_000
/** Each is a counter of its own, so they bound what may be guessed; nobody uses more. */
const MOST_OF_ONE = 20

export function createKnownBrowsers({ db, identities, nobody, clock }: BrowsersDeps): KnownBrowsers {
  const daysAgo = (days: number) => new Date(clock.now().getTime() - days * DAY_MS)

  /**
   * What it carried may have been planted by somebody who knows it (session fixation): no account begins to know it by that.
   * Those that knew it know it by the new name, with the failures that were counted there: or each account that is made
   * would be worth another portion of guesses. The counters first, as a sign-in has them.
   */
  async function renamed(tx: Tx, { hash }: Browser): Promise<Browser> {
    const browser = newBrowser()
    const others = await whoKnows(tx, hash)
    if (others.length === 0) return browser
    await renameCounters(tx, others.map(identities.person), { from: hash, to: browser.hash })
    await renameBrowser(tx, { from: hash, to: browser.hash })
    return browser
  }

  return {
    isKnown: async (user, { hash, isFresh }) => !isFresh && (await seenAt(db, user ?? nobody, hash)) !== undefined,
    finder: (whose) => {
      const find = seenFinder(whose)
      return async (values, { hash, isFresh }) => !isFresh && (await find(db, { ...values, hash })) !== undefined
    },
    remember: async (tx, user, given) => {
      const at = clock.now()
      const seen = given.isFresh ? undefined : await seenAt(tx, user, given.hash)
      if (seen) {
        // At most once a day: precise enough to forget by.
        if (seen < daysAgo(1)) await touchBrowser(tx, user, given.hash, at)
        return { kind: 'known', browser: given }
      }
      const browser = given.isFresh ? given : await renamed(tx, given)
      await putBrowser(tx, user, browser.hash, at)
      const { others, isFirst } = await noteSignIn(tx, user, browser.hash)
      if (others >= MOST_OF_ONE) await deleteBeyond(tx, user, MOST_OF_ONE)
      return { kind: isFirst ? 'first' : 'new', browser }
    },
    forgetAll: deleteBrowsersOf,
    unseenSince: () => daysAgo(KEPT_DAYS),
  }
}
