import { z } from 'zod'
import { statement } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'
import { sessionId } from '../../sessions/session.ts'
import { type UserId, userId } from '../../users/user.ts'
import { factorNames } from '../machine/factors.ts'
import type { Attempt, AttemptKey } from './attempt.ts'

const storedProofs = z.array(z.strictObject({ factor: z.enum(factorNames), at: z.coerce.date() }))

interface FoundAttempt {
  readonly version: number
  readonly user_id: string
  readonly proofs: unknown
  readonly must_change_password: boolean
  readonly session_id: string | null
}

const finding = statement<{ uidHash: Buffer }, FoundAttempt>((db, part) =>
  db
    .selectFrom('login_attempts')
    .select(['version', 'user_id', 'proofs', 'must_change_password', 'session_id'])
    .where('uid_hash', '=', part((values) => values).uidHash),
)

/** Whether it is still open to anybody is the engine's to say; expiry here only tidies up. */
export async function findAttempt(db: Db, uidHash: Buffer): Promise<Attempt | undefined> {
  const row = (await finding(db, { uidHash })).rows[0]
  if (!row) return undefined
  const user = userId.fromUuid(row.user_id)
  return {
    version: row.version,
    user,
    proofs: storedProofs.parse(row.proofs).map((proof) => ({ ...proof, user })),
    mustChangePassword: row.must_change_password,
    ...(row.session_id !== null && { session: sessionId.fromUuid(row.session_id) }),
  }
}

interface NextAttempt {
  readonly version: number
  readonly user_id: string
  readonly proofs: string
  readonly must_change_password: boolean
  readonly session_id: string | null
  readonly expires_at: Date
}

const putting = statement<{ uidHash: Buffer; before: number; next: NextAttempt }, unknown>((db, part) => {
  const { uidHash, before } = part((values) => values)
  const to = part(({ next }) => next)
  const next = {
    version: to.version,
    user_id: to.user_id,
    proofs: to.proofs,
    must_change_password: to.must_change_password,
    session_id: to.session_id,
    expires_at: to.expires_at,
  }
  return db
    .insertInto('login_attempts')
    .values({ uid_hash: uidHash, ...next })
    .onConflict((conflict) =>
      conflict
        .column('uid_hash')
        .doUpdateSet(next)
        .where('login_attempts.version', '=', before)
        .where('login_attempts.session_id', 'is', null),
    )
})

/** False when somebody else went on from the version before this one. */
export async function putAttempt(tx: Tx, { uidHash, expiresAt }: AttemptKey, next: Attempt): Promise<boolean> {
  const { count } = await putting(tx, {
    uidHash,
    before: next.version - 1,
    next: {
      version: next.version,
      user_id: userId.toUuid(next.user),
      proofs: JSON.stringify(next.proofs.map(({ factor, at }) => ({ factor, at }))),
      must_change_password: next.mustChangePassword,
      session_id: next.session ? sessionId.toUuid(next.session) : null,
      expires_at: expiresAt,
    },
  })
  return count === 1
}

export async function dropAttempt(db: Db, uidHash: Buffer, version: number): Promise<void> {
  await db
    .deleteFrom('login_attempts')
    .where('uid_hash', '=', uidHash)
    .where('version', '=', version)
    .where('session_id', 'is', null)
    .execute()
}

/** Held as it is until the transaction ends; false when somebody else went on from that version, or it is gone. */
export async function holdAttempt(tx: Tx, uidHash: Buffer, version: number): Promise<boolean> {
  const row = await tx
    .selectFrom('login_attempts')
    .select('version')
    .where('uid_hash', '=', uidHash)
    .where('version', '=', version)
    .where('session_id', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}

/** What they have proven was proven with what is no longer good; by `login_attempts_of_user`. */
export async function deleteAttemptsOf(tx: Tx, user: UserId, keep?: Buffer): Promise<void> {
  const theirs = tx.deleteFrom('login_attempts').where('user_id', '=', userId.toUuid(user))
  await (keep ? theirs.where('uid_hash', '<>', keep) : theirs).execute()
}

export async function deleteExpiredAttempts(db: Db, now: Date): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('login_attempts').where('expires_at', '<=', now).executeTakeFirst()
  return Number(numDeletedRows)
}
