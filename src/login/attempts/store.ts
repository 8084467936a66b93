import { statement } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'
import { readProofs, writeProofs } from '../../factors/stored.ts'
import { sessionId } from '../../sessions/session.ts'
import { type UserId, userId } from '../../users/user.ts'
import type { Attempt, AttemptKey } from './attempt.ts'
import { readPassed } from './passed.ts'

interface FoundAttempt {
  readonly version: number
  readonly user_id: string
  readonly proofs: unknown
  readonly must_change_password: boolean
  readonly passed: unknown
  readonly challenge_failures: number
  readonly challenge_until: Date | null
  readonly session_id: string | null
}

const finding = statement<{ uidHash: Buffer }, FoundAttempt>((db, part) =>
  db
    .selectFrom('login_attempts')
    .select([
      'version',
      'user_id',
      'proofs',
      'must_change_password',
      'passed',
      'challenge_failures',
      'challenge_until',
      'session_id',
    ])
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
    proofs: readProofs(row.proofs).map((proof) => ({ ...proof, user })),
    mustChangePassword: row.must_change_password,
    passed: readPassed(row.passed),
    ...(row.challenge_until && { challenge: { until: row.challenge_until, failures: row.challenge_failures } }),
    ...(row.session_id !== null && { session: sessionId.fromUuid(row.session_id) }),
  }
}

interface NextAttempt {
  readonly version: number
  readonly user_id: string
  readonly proofs: string
  readonly must_change_password: boolean
  readonly passed: string
  readonly challenge_failures: number
  readonly challenge_until: Date | null
  readonly session_id: string | null
  readonly expires_at: Date
}

const columnsOf = (to: NextAttempt): NextAttempt => ({
  version: to.version,
  user_id: to.user_id,
  proofs: to.proofs,
  must_change_password: to.must_change_password,
  passed: to.passed,
  challenge_failures: to.challenge_failures,
  challenge_until: to.challenge_until,
  session_id: to.session_id,
  expires_at: to.expires_at,
})

interface Putting {
  readonly uidHash: Buffer
  readonly before: number
  readonly next: NextAttempt
}

const beginning = statement<Putting, unknown>((db, part) =>
  db
    .insertInto('login_attempts')
    .values({ uid_hash: part((values) => values).uidHash, ...columnsOf(part(({ next }) => next)) })
    .onConflict((conflict) => conflict.column('uid_hash').doNothing()),
)

const goingOn = statement<Putting, unknown>((db, part) =>
  db
    .updateTable('login_attempts')
    .set(columnsOf(part(({ next }) => next)))
    .where('uid_hash', '=', part((values) => values).uidHash)
    .where('version', '=', part((values) => values).before)
    .where('session_id', 'is', null),
)

/** False when somebody else went on from the version before this one, or it is gone with what it had proven. */
export async function putAttempt(tx: Tx, { uidHash, expiresAt }: AttemptKey, next: Attempt): Promise<boolean> {
  const put = next.version === 1 ? beginning : goingOn
  const { count } = await put(tx, {
    uidHash,
    before: next.version - 1,
    next: {
      version: next.version,
      user_id: userId.toUuid(next.user),
      proofs: writeProofs(next.proofs),
      must_change_password: next.mustChangePassword,
      passed: JSON.stringify(next.passed),
      challenge_failures: next.challenge?.failures ?? 0,
      challenge_until: next.challenge?.until ?? null,
      session_id: next.session ? sessionId.toUuid(next.session) : null,
      expires_at: expiresAt,
    },
  })
  return count === 1
}

/** One try, counted before anything is judged: of many at once no more are judged than a challenge has. */
export async function takeTry(db: Db, uidHash: Buffer, version: number, { now, most }: TryRules): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('login_attempts')
    .set(({ eb }) => ({ challenge_failures: eb('challenge_failures', '+', 1) }))
    .where('uid_hash', '=', uidHash)
    .where('version', '=', version)
    .where('session_id', 'is', null)
    .where('challenge_failures', '<', most)
    .where('challenge_until', '>', now)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

interface TryRules {
  readonly now: Date
  readonly most: number
}

/** A code that was mailed takes its time: the challenge lasts as long as the code does. */
export async function prolongChallenge(tx: Tx, uidHash: Buffer, version: number, until: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('login_attempts')
    .set({ challenge_until: until })
    .where('uid_hash', '=', uidHash)
    .where('version', '=', version)
    .where('session_id', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
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
