import type { Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Opener } from './open.ts'
import type { AssertRoom, EndSessions, RecordUserEvent } from './ports.ts'
import { changeStatus, countActiveUsers, findUser, lockActiveAdmins } from './store.ts'
import type { User, UserId } from './user.ts'

export type EnableRefusal = 'not-found' | 'already'
export type DisableRefusal = EnableRefusal | 'last-admin'

export interface StatusDeps<By> {
  readonly open: Opener['open']
  readonly clock: Clock
  readonly record: RecordUserEvent<By>
  readonly endSessions: EndSessions<By>
  readonly assertRoom: AssertRoom
}

/** The last active administrator stays: nobody could enable anybody any more. */
export async function disableUser<By>(
  deps: StatusDeps<By>,
  tx: Tx,
  by: By,
  id: UserId,
): Promise<Result<User, DisableRefusal>> {
  const admins = await lockActiveAdmins(tx)
  if (admins.length === 1 && admins[0] === id) return fail('last-admin')
  const done = await change(deps, tx, by, id, 'disabled')
  if (done.ok) await deps.endSessions(tx, by, id, 'user-disabled')
  return done
}

/** It takes a place again that disabling gave back. */
export async function enableUser<By>(
  deps: StatusDeps<By>,
  tx: Tx,
  by: By,
  id: UserId,
): Promise<Result<User, EnableRefusal>> {
  const row = await findUser(tx, id)
  if (row?.status === 'disabled') await deps.assertRoom(tx, () => countActiveUsers(tx))
  return change(deps, tx, by, id, 'active')
}

const opposite = { active: 'disabled', disabled: 'active' } as const
const actions = { active: 'user.enabled', disabled: 'user.disabled' } as const

async function change<By>(
  { open, clock, record }: StatusDeps<By>,
  tx: Tx,
  by: By,
  id: UserId,
  to: keyof typeof actions,
): Promise<Result<User, EnableRefusal>> {
  const changed = await changeStatus(tx, id, to, clock.now())
  const row = await findUser(tx, id)
  const user = row && (await open(tx, row))
  if (!user) return fail('not-found')
  if (!changed) return fail('already')
  await record(tx, by, {
    action: actions[to],
    target: id,
    before: { public: { status: opposite[to] } },
    after: { public: { status: to } },
  })
  return ok(user)
}
