import { randomBytes } from 'node:crypto'
import type { Db, Tx } from '../../db/types.ts'
import { fromBase64url, toBase64url } from '../../lib/base64url.ts'
import type { Clock } from '../../lib/clock.ts'
import { equalBytes, sha256 } from '../../lib/hash.ts'
import type { UserId } from '../../users/user.ts'
import { type ChallengePurpose, deleteOlderChallenges, insertChallenge, takeChallenge } from './challenge-store.ts'

const BYTES = 32
/** As long as a browser waits for the authenticator; then it asks anew. */
export const CHALLENGE_LIFETIME = 5 * 60_000

interface Asked {
  readonly purpose: ChallengePurpose
  readonly holder: Buffer
  /** Nobody yet where the passkey is to say who comes. */
  readonly user?: UserId | undefined
}

export interface Challenges {
  /** In base64url; the table holds its hash. */
  begin(asked: Asked): Promise<string>
  /** Whether it waits for this very answer. It is gone afterwards, whatever it was asked for: a challenge is shown once. */
  take(tx: Tx, challenge: string, asked: Asked): Promise<boolean>
}

export function challenging({ db, clock }: { readonly db: Db; readonly clock: Clock }): Challenges {
  return {
    begin: async ({ purpose, holder, user }) => {
      const bytes = randomBytes(BYTES)
      const expiresAt = new Date(clock.now().getTime() + CHALLENGE_LIFETIME)
      await insertChallenge(db, sha256(bytes), { purpose, holder, user, expiresAt })
      await deleteOlderChallenges(db, holder)
      return toBase64url(bytes)
    },
    take: async (tx, challenge, { purpose, holder, user }) => {
      const bytes = fromBase64url(challenge)
      const taken = bytes && (await takeChallenge(tx, sha256(bytes)))
      if (!taken || taken.expiresAt <= clock.now()) return false
      return taken.purpose === purpose && equalBytes(taken.holder, holder) && taken.user === user
    },
  }
}
