import type { Db, Tx } from '../../db/types.ts'
import { defineId } from '../../lib/ids.ts'
import type { UserId } from '../../users/user.ts'

const userId = defineId('usr')

export type ChallengePurpose = 'sign-in' | 'second-factor' | 'enrolment'

export interface Challenge {
  readonly purpose: ChallengePurpose
  readonly holder: Buffer
  readonly user: UserId | undefined
  readonly expiresAt: Date
}

/** Waiting for one answer each: a page that fills in by itself, its button, and the same in a second window. */
const MOST_WAITING = 8

export async function insertChallenge(db: Db, hash: Buffer, challenge: Challenge): Promise<void> {
  const { purpose, holder, user, expiresAt } = challenge
  await db
    .insertInto('passkey_challenges')
    .values({
      challenge_hash: hash,
      purpose,
      holder,
      user_id: user ? userId.toUuid(user) : null,
      expires_at: expiresAt,
    })
    .execute()
}

/** By `passkey_challenges_of_holder`: whoever asks again and again leaves no more behind than this. */
export async function deleteOlderChallenges(db: Db, holder: Buffer): Promise<void> {
  await db
    .deleteFrom('passkey_challenges')
    .where(
      'challenge_hash',
      'in',
      db
        .selectFrom('passkey_challenges')
        .select('challenge_hash')
        .where('holder', '=', holder)
        .orderBy('expires_at', 'desc')
        .offset(MOST_WAITING),
    )
    .execute()
}

/** Once: of many at the same moment, the others wait for the first and then find nothing. */
export async function takeChallenge(tx: Tx, hash: Buffer): Promise<Challenge | undefined> {
  const row = await tx
    .deleteFrom('passkey_challenges')
    .where('challenge_hash', '=', hash)
    .returning(['purpose', 'holder', 'user_id', 'expires_at'])
    .executeTakeFirst()
  if (!row) return undefined
  return {
    purpose: purposeOf(row.purpose),
    holder: row.holder,
    user: row.user_id === null ? undefined : userId.fromUuid(row.user_id),
    expiresAt: row.expires_at,
  }
}

function purposeOf(text: string): ChallengePurpose {
  if (text === 'sign-in' || text === 'second-factor' || text === 'enrolment') return text
  throw new Error('a challenge of a purpose that nobody knows')
}
