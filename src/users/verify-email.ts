import type { Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { parseEmail } from './email.ts'
import type { RecordUserEvent, Seals } from './ports.ts'
import { verifyPrimaryEmail } from './store.ts'
import type { UserId } from './user.ts'

interface VerifyDeps<By> {
  readonly blindIndex: Seals['blindIndex']
  readonly clock: Clock
  readonly record: RecordUserEvent<By>
}

/** What was mailed to one address proves nothing about another: the proof names the address that it is of. */
export const verifyEmail =
  <By>({ blindIndex, clock, record }: VerifyDeps<By>) =>
  async (tx: Tx, by: By, id: UserId, typed: string): Promise<Result<'verified' | 'already', 'other-email'>> => {
    const email = parseEmail(typed)
    if (!email.ok) return fail('other-email')
    const index = blindIndex.exact('users.email', email.value.identity)
    const done = await verifyPrimaryEmail(tx, id, index, clock.now())
    if (done === 'other') return fail('other-email')
    if (done === 'already') return ok('already')
    await record(tx, by, {
      action: 'user.email_verified',
      target: id,
      before: { public: { emailVerified: false } },
      after: { public: { emailVerified: true } },
    })
    return ok('verified')
  }
