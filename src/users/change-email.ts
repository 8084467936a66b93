import type { Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { parseEmail } from './email.ts'
import { type Opener, placeOfAddress } from './open.ts'
import type { RecordUserEvent, Seals } from './ports.ts'
import { deletePrimaryEmail, disownPrimaryEmail, findUser, insertPrimaryEmail, lockUser } from './store.ts'
import { emailId, type User, type UserId } from './user.ts'

export type ChangeEmailRefusal = 'not-found' | 'email-taken' | 'email-invalid'

interface ChangeEmailDeps<By> {
  readonly seals: Seals
  readonly clock: Clock
  readonly open: Opener['open']
  readonly record: RecordUserEvent<By>
}

export interface EmailChanges<By> {
  /** Theirs until the transaction ends: two changes of one person follow one another. */
  hold(tx: Tx, user: UserId): Promise<User | undefined>
  /**
   * To an address whose mailbox was proven: it is verified from now on. The one before is free at once, and nothing of it
   * is kept. After a refusal the transaction must be rolled back.
   */
  changeEmail(tx: Tx, by: By, user: UserId, typed: string): Promise<Result<User, ChangeEmailRefusal>>
  /** Until it is changed, where the one before cannot be given back. Whoever calls it holds the person and records why. */
  disownEmail(tx: Tx, user: UserId): Promise<void>
}

export function emailChanges<By>({ seals, clock, open, record }: ChangeEmailDeps<By>): EmailChanges<By> {
  const hold = async (tx: Tx, id: UserId) => {
    // Sent together: the look comes behind the lock, and sees what whoever held it before has left.
    const [isThere, row] = await Promise.all([lockUser(tx, id), findUser(tx, id)])
    return isThere && row ? open(tx, row) : undefined
  }

  return {
    hold,
    changeEmail: async (tx, by, id, typed) => {
      const email = parseEmail(typed)
      if (!email.ok) return email
      const before = await hold(tx, id)
      const sealer = await seals.persons.of(tx, id)
      if (!before || !sealer.ok) return fail('not-found')
      const row = emailId.generate()
      await deletePrimaryEmail(tx, id)
      const isFree = await insertPrimaryEmail(tx, {
        id: row,
        user: id,
        address: sealer.value.seal(placeOfAddress(emailId.toUuid(row)), email.value.address),
        index: seals.blindIndex.exact('users.email', email.value.identity),
        verifiedAt: clock.now(),
        at: clock.now(),
      })
      if (!isFree) return fail('email-taken')
      const after: User = { ...before, email: email.value.address, emailVerified: true, emailDisowned: false }
      await record(tx, by, {
        action: 'user.email_changed',
        target: id,
        before: snapshotOf(before),
        after: snapshotOf(after),
      })
      return ok(after)
    },
    disownEmail: (tx, id) => disownPrimaryEmail(tx, id, clock.now()),
  }
}

const snapshotOf = ({ id, email, emailVerified }: User) => ({
  public: { emailVerified },
  personal: { personId: id, fields: { email } },
})
