import { attempt } from '../../db/attempt.ts'
import { inTransaction } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { UserId } from '../../users/user.ts'
import type { Links, RecordEvent, Sessions, Users } from '../ports.ts'
import { isFresh, type Visit } from '../viewer.ts'
import { askedAtOf, type EmailLetters } from './letters.ts'

/** Asked for, and not confirmed yet. */
export interface PendingEmail {
  readonly address: string
  readonly since: Date
  readonly until: Date
}

interface Waiting extends PendingEmail {
  /** Before it was sent anew, if it was. */
  readonly askedAt: Date
}

export interface EmailPending {
  of(user: UserId): Promise<PendingEmail | undefined>
  /** The link before it opens nothing any more. `none`: confirmed, withdrawn or too old meanwhile. */
  sendAgain(visit: Visit, address: string): Promise<Result<void, 'stale' | 'gone' | 'none'>>
  /** Takes no fresh sign-in: it leaves everything as it is, and may be what undoes a thief's request. */
  withdraw(visit: Visit): Promise<void>
}

interface EmailPendingDeps {
  readonly db: Db
  readonly users: Users
  readonly sessions: Pick<Sessions, 'hold'>
  readonly links: Pick<Links, 'openOf' | 'withdraw'>
  readonly letters: Pick<EmailLetters, 'askNew'>
  readonly record: RecordEvent
  readonly clock: Clock
}

export function emailPending(deps: EmailPendingDeps): EmailPending {
  const { db, users, sessions, links, letters, record, clock } = deps

  const find = async (at: Db | Tx, user: UserId): Promise<Waiting | undefined> => {
    const [link] = await links.openOf(at, 'email-change', user)
    const address = link?.data?.['address']
    return link && address !== undefined
      ? { address, since: link.issuedAt, until: link.expiresAt, askedAt: askedAtOf(link) }
      : undefined
  }
  const about = (user: UserId, email: string) =>
    ({ target: user, after: { personal: { personId: user, fields: { email } } } }) as const

  return {
    of: (user) => find(db, user),
    sendAgain: async (visit, address) => {
      const { viewer, by, locale } = visit
      if (!isFresh(visit, clock.now())) return fail('stale')
      const found = await users.findByEmail(address)
      const holder = found?.id === viewer.user ? undefined : found
      return attempt(db, async (tx) => {
        const user = await users.hold(tx, viewer.user)
        if (!user || !(await sessions.hold(tx, viewer.session))) return fail('gone')
        // Whoever changes the account holds the person first, so this is still so when the letter goes out.
        const pending = await find(tx, user.id)
        if (pending?.address !== address) return fail('none')
        const { askedAt } = pending
        await letters.askNew(tx, by, { user, newAddress: address, locale, askedAt, holder })
        await record(tx, by, { action: 'user.email_change_requested', ...about(user.id, address) })
        return ok(undefined)
      })
    },
    withdraw: ({ viewer, by }) =>
      inTransaction(db, async (tx) => {
        const user = await users.hold(tx, viewer.user)
        const pending = user && (await find(tx, user.id))
        if (!pending) return
        await links.withdraw(tx, by, { purpose: ['email-change'], person: user.id })
        await record(tx, by, { action: 'user.email_change_withdrawn', ...about(user.id, pending.address) })
      }),
  }
}
