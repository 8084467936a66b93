import { untilNoDeadlock } from '../db/transaction.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { UserId } from '../users/user.ts'
import { type Agreed, beyond, covers, isNothing, NOTHING, together } from './agreed.ts'
import type { Consent } from './consent.ts'
import type { EndAccess, HoldPerson, RecordConsent } from './ports.ts'
import {
  deleteConsent,
  deleteConsentsTo,
  findConsent,
  holdConsent,
  holdConsentsSince,
  listConsents,
  openConsent,
  writeConsent,
} from './store.ts'

interface Given {
  readonly user: UserId
  readonly clientId: string
  /** What the person has seen when they agreed, or what they had agreed to before. */
  readonly agreed: Agreed
  /** The grant of the protocol that came of it, by which the event names it. */
  readonly grant: string
}

/** What people allow applications to know and to do, remembered until they take it back. Applications of ours are not asked for. */
export interface Consents<By> {
  /** Nothing where there is none. */
  of(db: Db, user: UserId, clientId: string): Promise<Agreed>
  /**
   * Whether it still covers that, in the transaction that builds on it: whoever withdraws it waits for its end, and then
   * ends what came of it.
   */
  stillCovers(tx: Tx, user: UserId, clientId: string, asked: Agreed): Promise<boolean>
  listOf(user: UserId): Promise<Consent[]>
  /** On top of what was agreed to before. */
  give(tx: Tx, by: By, given: Given): Promise<void>
  /**
   * And the end of all that the application holds of this person, which is so too where there was nothing to withdraw: an
   * application of ours was never asked for. False where it held nothing.
   */
  withdraw(tx: Tx, by: By, user: UserId, clientId: string): Promise<boolean>
  /**
   * All that were given or widened then or later, as a whole; without a moment all there are. Answers for which applications.
   * Whoever calls it holds the person and has ended their sessions, so that none is given behind it.
   */
  withdrawSince(tx: Tx, by: By, user: UserId, since?: Date): Promise<string[]>
  /**
   * Some of all that were given to an application that is none any more, so many that no transaction is long. What it held has
   * ended already. Answers how many.
   */
  withdrawFrom(tx: Tx, by: By, clientId: string, limit: number): Promise<number>
  /** The same as `withdraw`, by itself. */
  end(by: By, user: UserId, clientId: string): Promise<boolean>
}

interface ConsentsDeps<By> {
  readonly db: Db
  readonly record: RecordConsent<By>
  readonly endAccess: EndAccess<By>
  readonly holdPerson: HoldPerson
  readonly clock: Clock
}

export function createConsents<By>({ db, record, endAccess, holdPerson, clock }: ConsentsDeps<By>): Consents<By> {
  const withdraw: Consents<By>['withdraw'] = async (tx, by, user, clientId) => {
    // The person first, as everybody who ends all that is theirs: or the two would wait for one another.
    await holdPerson(tx, user)
    // In this order: who is about to build on the consent holds it, and what they have made of it is found behind it.
    const before = await deleteConsent(tx, user, clientId)
    if (before)
      await record(tx, by, {
        action: 'consent.withdrawn',
        target: user,
        before: { public: { client: clientId, ...before } },
      })
    const ended = await endAccess(tx, by, { user, clientId })
    return before !== undefined || ended > 0
  }
  return {
    of: async (at, user, clientId) => (await findConsent(at, user, clientId)) ?? NOTHING,
    stillCovers: async (tx, user, clientId, asked) => covers((await holdConsent(tx, user, clientId)) ?? NOTHING, asked),
    listOf: (user) => listConsents(db, user),
    give: async (tx, by, { user, clientId, agreed, grant }) => {
      const before = await openConsent(tx, user, clientId, clock.now())
      const more = beyond(agreed, before)
      // Agreed to once more: nothing was given by that.
      if (!isNothing(more)) {
        const changedAt = clock.now()
        await writeConsent(tx, user, clientId, { agreed: together(before, agreed), changedAt })
      }
      await record(tx, by, {
        action: 'consent.granted',
        target: grant,
        after: { public: { client: clientId, ...more } },
      })
    },
    withdraw,
    withdrawSince: async (tx, by, user, since) => {
      const clients = await holdConsentsSince(tx, user, since)
      for (const client of clients) await withdraw(tx, by, user, client)
      return clients
    },
    withdrawFrom: async (tx, by, clientId, limit) => {
      const gone = await deleteConsentsTo(tx, clientId, limit)
      for (const { user, agreed } of gone)
        await record(tx, by, {
          action: 'consent.withdrawn',
          target: user,
          before: { public: { client: clientId, ...agreed } },
          after: { public: { reason: 'client-removed' } },
        })
      return gone.length
    },
    end: (by, user, clientId) => untilNoDeadlock(db, (tx) => withdraw(tx, by, user, clientId)),
  }
}
