import { statement } from '../../db/statement.ts'
import type { Db } from '../../db/types.ts'

const taking = statement<{ hash: Buffer; expiresAt: Date }, unknown>((db, part) => {
  const { hash, expiresAt } = part((values) => values)
  return db
    .insertInto('oidc_used_jwts')
    .values({ hash, expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
})

/** Of all who try at once, on any instance, one is told true: whoever comes second waits for the first to commit. */
export const takeJwt = async (db: Db, hash: Buffer, expiresAt: Date): Promise<boolean> =>
  (await taking(db, { hash, expiresAt })).count === 1
