import type { Tx } from '../db/types.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { StatusDeps } from './status.ts'
import { findUser, markLocked, markUnlocked } from './store.ts'
import type { LockReason, User, UserId } from './user.ts'

export type LockRefusal = 'not-found' | 'already'

/**
 * For whoever is told of something that they did not do: security comes before comfort, so the last administrator can
 * be locked as well. Recovery by mail and the command on the host unlock.
 */
export async function lockAccount<By>(
  { open, clock, record, endSessions }: StatusDeps<By>,
  tx: Tx,
  by: By,
  id: UserId,
  reason: LockReason,
): Promise<Result<User, LockRefusal>> {
  const changed = await markLocked(tx, id, reason, clock.now())
  const user = await openUser({ open }, tx, id)
  if (!user) return fail('not-found')
  if (!changed) return fail('already')
  await record(tx, by, {
    action: 'user.locked',
    target: id,
    before: { public: { locked: false } },
    after: { public: { locked: true, reason } },
  })
  await endSessions(tx, by, id, 'account-locked')
  return ok(user)
}

export async function unlockAccount<By>(
  { open, record }: StatusDeps<By>,
  tx: Tx,
  by: By,
  id: UserId,
): Promise<Result<User, LockRefusal>> {
  const changed = await markUnlocked(tx, id)
  const user = await openUser({ open }, tx, id)
  if (!user) return fail('not-found')
  if (!changed) return fail('already')
  await record(tx, by, {
    action: 'user.unlocked',
    target: id,
    before: { public: { locked: true } },
    after: { public: { locked: false } },
  })
  return ok(user)
}

async function openUser<By>({ open }: Pick<StatusDeps<By>, 'open'>, tx: Tx, id: UserId): Promise<User | undefined> {
  const row = await findUser(tx, id)
  return row && open(tx, row)
}
