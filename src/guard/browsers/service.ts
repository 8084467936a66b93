import type { Context } from 'hono'
import type { Db, Tx } from '../../db/types.ts'
import { defineCookie } from '../../http/cookies.ts'
import type { HttpEnv } from '../../http/env.ts'
import type { Clock } from '../../lib/clock.ts'
import type { UserId } from '../../users/user.ts'
import { type Browser, browserIn, newBrowser } from './browser.ts'
import { countOthers, deleteBeyond, deleteBrowsersOf, deleteUnseenSince, isKnownTo, putBrowser } from './store.ts'

/**
 * In which browsers somebody has completed a sign-in: there a stranger's failures do not count, and elsewhere a sign-in
 * is news to the owner. It is no factor and proves nothing: whoever steals the cookie gains a counter of their own.
 */
export interface KnownBrowsers {
  /** The browser of a request; one that carries no cookie yet is a new one, which `keep` makes last. */
  of(c: Context<HttpEnv>): Browser
  /** Nobody knows a browser, at the same cost; one that is fresh costs nothing. */
  isKnown(user: UserId | undefined, browser: Browser): Promise<boolean>
  /** In the transaction that completes the sign-in. `new`: the account was never signed in to there, and was elsewhere. */
  remember(tx: Tx, user: UserId, browser: Browser): Promise<'first' | 'new' | 'known'>
  /** With the answer to a completed sign-in. */
  keep(c: Context<HttpEnv>, browser: Browser): void
  /** After "this was not me", or with the person. */
  forgetAll(tx: Tx, user: UserId): Promise<number>
  /** For a periodic job. */
  forgetOld(): Promise<void>
}

interface BrowsersDeps {
  readonly db: Db
  readonly issuerUrl: string
  readonly nobody: UserId
  readonly clock: Clock
}

const DAY_S = 86_400
/** As long as browsers let a cookie live. */
const KEPT_DAYS = 400
/** Each is a counter of its own, so they bound what may be guessed; nobody uses more. */
const MOST_OF_ONE = 20

export function createKnownBrowsers({ db, issuerUrl, nobody, clock }: BrowsersDeps): KnownBrowsers {
  const cookie = defineCookie(issuerUrl, { name: 'browser', path: '/', maxAge: KEPT_DAYS * DAY_S, sameSite: 'Lax' })
  const daysAgo = (days: number) => new Date(clock.now().getTime() - days * DAY_S * 1000)
  return {
    of: (c) => browserIn(cookie.read(c)) ?? newBrowser(),
    isKnown: async (user, { hash, isFresh }) => !isFresh && (await isKnownTo(db, user ?? nobody, hash)),
    remember: async (tx, user, { hash }) => {
      const isNew = await putBrowser(tx, user, hash, { at: clock.now(), unlessAfter: daysAgo(1) })
      if (!isNew) return 'known'
      const before = await countOthers(tx, user, hash)
      if (before >= MOST_OF_ONE) await deleteBeyond(tx, user, MOST_OF_ONE)
      return before === 0 ? 'first' : 'new'
    },
    keep: (c, { token }) => cookie.write(c, token.reveal()),
    forgetAll: deleteBrowsersOf,
    forgetOld: () => deleteUnseenSince(db, daysAgo(KEPT_DAYS)),
  }
}
