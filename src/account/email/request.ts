import { attempt } from '../../db/attempt.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { parseEmail } from '../../users/email.ts'
import type { User } from '../../users/user.ts'
import type { RecordEvent, Sessions, Users } from '../ports.ts'
import { isFresh, type Visit } from '../viewer.ts'
import type { EmailLetters } from './letters.ts'

export type NewEmailRefusal = 'missing' | 'invalid' | 'same'

export interface EmailRequest {
  refusalOf(user: User, typed: string): NewEmailRefusal | undefined
  /** After the password was proven. Answers the same whether somebody has that address or not. */
  request(visit: Visit, typed: string): Promise<Result<void, 'stale' | 'gone'>>
}

interface EmailRequestDeps {
  readonly db: Db
  readonly users: Users
  readonly sessions: Pick<Sessions, 'hold'>
  readonly letters: EmailLetters
  readonly record: RecordEvent
  readonly clock: Clock
}

export function emailRequest({ db, users, sessions, letters, record, clock }: EmailRequestDeps): EmailRequest {
  return {
    refusalOf: (user, typed) => {
      if (typed.trim() === '') return 'missing'
      const parsed = parseEmail(typed)
      if (!parsed.ok) return 'invalid'
      return parsed.value.address === user.email ? 'same' : undefined
    },
    request: async (visit, typed) => {
      const { viewer, by, locale } = visit
      if (!isFresh(visit, clock.now())) return fail('stale')
      const parsed = parseEmail(typed)
      if (!parsed.ok) throw new TypeError('an address that was not judged')
      const newAddress = parsed.value.address
      const found = await users.findByEmail(newAddress)
      const holder = found?.id === viewer.user ? undefined : found
      return attempt(db, async (tx) => {
        const user = await users.hold(tx, viewer.user)
        if (!user || !(await sessions.hold(tx, viewer.session))) return fail('gone')
        const askedAt = clock.now()
        await letters.askNew(tx, by, { user, newAddress, locale, askedAt, holder })
        await letters.tellOld(tx, by, { user, newAddress, locale, askedAt }, 'asked')
        await record(tx, by, {
          action: 'user.email_change_requested',
          target: user.id,
          after: { personal: { personId: user.id, fields: { email: newAddress } } },
        })
        return ok(undefined)
      })
    },
  }
}
