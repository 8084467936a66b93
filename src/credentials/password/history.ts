import type { Db, Tx } from '../../db/types.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'
import { findFormer, newFormerRow, pruneFormer, putFormer } from './history-store.ts'
import type { Hasher, PersonSealer } from './ports.ts'
import { findHash, rowOf } from './store.ts'

export const placeOf = (user: UserId) => ({ table: 'password_credentials', column: 'hash', row: rowOf(user) }) as const
const placeOfFormer = (row: string) => ({ table: 'password_history', column: 'hash', row }) as const

/** The hashes that a new password must not match, the current one first, `last` of them at most. */
async function lastHashes(db: Db, sealer: PersonSealer, user: UserId, last: number): Promise<Secret<string>[]> {
  const current = (await findHash(db, user))?.hash
  const former = await findFormer(db, user, last - 1)
  return Promise.all([
    ...(current ? [sealer.openText(placeOf(user), current)] : []),
    ...former.map(({ id, hash }) => sealer.openText(placeOfFormer(id), hash)),
  ])
}

/** One hash after the other: a person who chooses a password takes one place in the queue, not twenty-four. */
export async function isAmongLast(
  { db, hasher, sealer }: { readonly db: Db; readonly hasher: Hasher; readonly sealer: PersonSealer },
  user: UserId,
  last: number,
  password: Secret<string>,
): Promise<boolean> {
  if (last === 0) return false
  for (const hash of await lastHashes(db, sealer, user, last)) if (await hasher.verify(hash, password)) return true
  return false
}

/** Moves what is replaced into the history, which holds as many as are asked for, less the current one. */
export async function keepFormer(
  tx: Tx,
  sealer: PersonSealer,
  user: UserId,
  replaced: Buffer | undefined,
  { last, at }: { readonly last: number; readonly at: Date },
): Promise<void> {
  const kept = Math.max(0, last - 1)
  if (replaced && kept > 0) {
    const id = newFormerRow()
    const hash = await sealer.openText(placeOf(user), replaced)
    await putFormer(tx, user, { id, hash: sealer.seal(placeOfFormer(id), hash) }, at)
  }
  // Also of what was kept under a longer history.
  await pruneFormer(tx, user, kept)
}
