import { inTransaction } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import type { UserId } from '../../users/user.ts'
import type { Identities } from '../identity.ts'
import type { RecordGuardEvent, RecordGuardRefusal } from '../ports.ts'
import type { Attempt, Begun, LockoutPolicy, Pause, Pool, Ticket } from './lockout.ts'
import {
  type Counted,
  deleteAllOf,
  deleteCounter,
  deleteOldCounters,
  type Reserved,
  type Reserving,
  reserve,
  reservingOf,
  standingOf,
  standingsOf,
  takeOneBack,
} from './store.ts'

export interface Lockout<By> {
  /** Before anything is judged. The same for everybody: whom the address leads to changes neither answer nor work. */
  begin(attempt: Attempt): Promise<Begun>
  /** What `begin` would ask the database to reserve, for a statement of this room that does more: the row is the ticket. */
  reservation(attempt: Attempt): Reservation
  /** What `begin` would not let pass, for a page that is opened: it counts nothing. */
  pauseOf(attempt: Attempt): Promise<Pause | undefined>
  /** It was a failure. Costs nothing unless it reached a step: then that is an event, and the answer says what it began. */
  failed(by: By, ticket: Ticket, person: UserId | undefined): Promise<Pause | undefined>
  /** The factor was right and the sign-in is not complete: neither a failure nor a new beginning. */
  giveBack(ticket: Ticket): Promise<void>
  /**
   * In the transaction that completes the sign-in, by whichever factor, and before the browser is remembered for it: nothing
   * else begins the count anew by itself.
   */
  completed(tx: Tx, arrived: { readonly user: UserId; readonly browser?: Attempt['browser'] }): Promise<void>
  /** By an administrator. False where there was nothing to end. */
  end(by: By, person: UserId): Promise<boolean>
  /**
   * The same inside a larger change: of what begins at zero with it, and of nothing else. Whoever reads the mailbox may reset
   * the password, and is not to guess at the second factor anew.
   */
  endIn(tx: Tx, by: By, person: UserId, pool: Pool | 'both'): Promise<boolean>
  /** For whoever administers: who of them cannot sign in now, at least from some browsers. `off`: until it is reset. */
  heldBack(people: readonly UserId[]): Promise<ReadonlyMap<UserId, 'paused' | 'off'>>
  /** For a periodic job. */
  forgetOld(): Promise<void>
}

export interface Reservation {
  readonly reserving: Reserving
  ticketOf(reserved: Reserved): Ticket
}

interface LockoutDeps<By> {
  readonly db: Db
  readonly policy: LockoutPolicy
  readonly identities: Identities
  /** Stands for everybody who is not known. */
  readonly nobody: UserId
  readonly clock: Clock
  readonly record: RecordGuardEvent<By>
  readonly recordRefusal: RecordGuardRefusal<By>
}

/** Each lost race means that the counter was begun anew at that moment. */
const MOST_RACES = 5
const SWEPT_AT_ONCE = 5000
const DAY_MS = 86_400_000
/** Whoever mistyped once or twice and never came back; somebody who waits so long between guesses gets nowhere. */
const FEW_KEPT_MS = 30 * DAY_MS
/** "In a row" knows no time: a guesser who must rest for a year after fewer than a hundred guesses has lost. */
const MANY_KEPT_MS = 365 * DAY_MS

export function createLockout<By>(deps: LockoutDeps<By>): Lockout<By> {
  const { db, policy, identities, nobody, clock, record, recordRefusal } = deps
  const { offAfter } = policy

  const endIn: Lockout<By>['endIn'] = async (tx, by, person, pool) => {
    const ended = await deleteAllOf(tx, identities.person(person), pool)
    if (ended.length === 0) return false
    const failures = Math.max(...ended.map((counter) => counter.failures))
    const now = clock.now()
    const locked = ended.some(({ lockedUntil }) => lockedUntil !== null && lockedUntil > now)
    const before = { public: { pool, failures, locked, off: failures >= offAfter } }
    await record(tx, by, { action: 'lockout.ended', target: person, before })
    return true
  }

  const countedOf = ({ pool, email, user, browser }: Attempt): Counted => ({
    pool,
    identity: user ? identities.person(user) : email,
    user: user ?? nobody,
    browserHash: browser?.hash,
  })

  return {
    begin: async (attempt) => {
      const counted = countedOf(attempt)
      for (let race = 0; race < MOST_RACES; race += 1) {
        const now = clock.now()
        const reserved = await reserve(db, reservingOf(counted, now, policy))
        if (reserved) return { kind: 'go', ticket: ticketOf(counted, reserved, offAfter) }
        const standing = await standingOf(db, counted)
        if (standing && standing.failures >= offAfter) return { kind: 'off' }
        if (standing?.lockedUntil && standing.lockedUntil > now) return { kind: 'locked', until: standing.lockedUntil }
      }
      throw new AppError('unavailable', { retryAfter: 1 })
    },
    reservation: (attempt) => {
      const counted = countedOf(attempt)
      return {
        reserving: reservingOf(counted, clock.now(), policy),
        ticketOf: (reserved) => ticketOf(counted, reserved, offAfter),
      }
    },
    pauseOf: async (attempt) => {
      const standing = await standingOf(db, countedOf(attempt))
      if (standing && standing.failures >= offAfter) return { kind: 'off' }
      const until = standing?.lockedUntil
      return until && until > clock.now() ? { kind: 'locked', until } : undefined
    },
    failed: async (by, { pool, browser, failures, lockedUntil, isLast }, person) => {
      const pause: Pause | undefined = isLast ? { kind: 'off' } : lockedUntil && { kind: 'locked', until: lockedUntil }
      if (!pause) return undefined
      const until = isLast ? null : (lockedUntil?.toISOString() ?? null)
      const after = { public: { pool, failures, until, off: isLast, knownBrowser: browser.length > 0 } }
      await recordRefusal(by, { action: 'lockout.began', target: person ?? nobody, after })
      return pause
    },
    giveBack: (ticket) => takeOneBack(db, ticket),
    completed: (tx, { user, browser }) =>
      deleteCounter(tx, { identity: identities.person(user), user, browserHash: browser?.hash }),
    end: (by, person) => inTransaction(db, (tx) => endIn(tx, by, person, 'both')),
    endIn,
    heldBack: async (people) => {
      const now = clock.now()
      const named = new Map(people.map((person) => [identities.person(person).toString('hex'), person]))
      const held = new Map<UserId, 'paused' | 'off'>()
      for (const { identity, failures, lockedUntil } of await standingsOf(db, people.map(identities.person))) {
        const person = named.get(identity.toString('hex'))
        if (!person) continue
        if (failures >= offAfter) held.set(person, 'off')
        else if (lockedUntil && lockedUntil > now && !held.has(person)) held.set(person, 'paused')
      }
      return held
    },
    forgetOld: async () => {
      const before = (ms: number) => new Date(clock.now().getTime() - ms)
      const firstStep = policy.steps.steps[0]?.failures ?? offAfter
      const oldest = { few: before(FEW_KEPT_MS), many: before(MANY_KEPT_MS), firstStep, offAfter }
      while ((await deleteOldCounters(db, oldest, SWEPT_AT_ONCE)) >= SWEPT_AT_ONCE);
    },
  }
}

const ticketOf = (
  { pool, identity }: Pick<Ticket, 'pool' | 'identity'>,
  { id, browser, failures, locked_until }: Reserved,
  offAfter: number,
): Ticket => ({
  pool,
  id,
  identity,
  browser,
  failures,
  lockedUntil: locked_until ?? undefined,
  isLast: failures >= offAfter,
})
