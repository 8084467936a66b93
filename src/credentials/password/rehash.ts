import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Log } from '../../lib/log.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'
import { readHash } from './formats/read-hash.ts'
import { placeOf } from './history.ts'
import { normalised } from './password.ts'
import type { Hasher, PersonSealer, RecordPasswordEvent } from './ports.ts'
import { exchangeHash } from './store.ts'

interface RehashDeps<By> {
  readonly db: Db
  readonly hasher: Hasher
  readonly log: Log
  readonly record: RecordPasswordEvent<By>
  /** Nobody asked for it: the server does it by itself. */
  readonly itself: By
}

export interface Stored {
  readonly user: UserId
  readonly sealer: PersonSealer
  readonly sealed: Buffer
  readonly hash: Secret<string>
}

const schemeOf = (hash: Secret<string>): string => readHash(hash.reveal())?.scheme ?? 'unknown'

/**
 * Makes a hash anew of a password that was right just now, before the sign-in is answered: what would go on behind the
 * answer is work that no queue holds back. It is done outside any transaction, and never fails a sign-in: the next one
 * tries again.
 */
export async function rehash<By>(deps: RehashDeps<By>, stored: Stored, password: Secret<string>): Promise<void> {
  const { db, hasher, log, record, itself } = deps
  const { user, sealer, sealed, hash } = stored
  if (!hasher.isOutdated(hash, password)) return
  try {
    const renewed = await hasher.hash(normalised(password))
    const to = sealer.seal(placeOf(user), renewed)
    await inTransaction(db, async (tx) => {
      if (!(await exchangeHash(tx, user, sealed, to))) return
      await record(tx, itself, {
        action: 'password.rehashed',
        target: user,
        before: { public: { scheme: schemeOf(hash) } },
        after: { public: { scheme: schemeOf(renewed) } },
      })
    })
  } catch (error) {
    log.warn({ err: error }, 'a password could not be hashed anew; the next sign-in tries again')
  }
}
