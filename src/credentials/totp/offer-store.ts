import type { Db, Tx } from '../../db/types.ts'
import { defineId } from '../../lib/ids.ts'
import type { UserId } from '../../users/user.ts'

const userId = defineId('usr')

/** The row's name, as PostgreSQL prints it and a seal is bound to it. */
export const offerRow = (holder: Buffer): string => `\\x${holder.toString('hex')}`

interface NewOffer {
  readonly holder: Buffer
  readonly user: UserId
  readonly secret: Buffer
  readonly expiresAt: Date
}

/** In the place of one that is over, or was somebody else's; one that lasts stays: it may be in an app already. */
export async function putOffer(db: Db, { holder, user, secret, expiresAt }: NewOffer, now: Date): Promise<void> {
  const offer = { user_id: userId.toUuid(user), secret, expires_at: expiresAt }
  await db
    .insertInto('totp_offers')
    .values({ holder, ...offer })
    .onConflict((conflict) =>
      conflict
        .column('holder')
        .doUpdateSet(offer)
        .where((where) =>
          where.or([
            where('totp_offers.expires_at', '<=', now),
            where('totp_offers.user_id', '!=', userId.toUuid(user)),
          ]),
        ),
    )
    .execute()
}

const offersOf = (db: Db, holder: Buffer, user: UserId, now: Date) =>
  db
    .selectFrom('totp_offers')
    .select('secret')
    .where('holder', '=', holder)
    .where('user_id', '=', userId.toUuid(user))
    .where('expires_at', '>', now)

export const findOffer = async (db: Db, holder: Buffer, user: UserId, now: Date): Promise<Buffer | undefined> =>
  (await offersOf(db, holder, user, now).executeTakeFirst())?.secret

/** Whoever comes with the same one waits, and finds it gone. */
export const lockOffer = async (tx: Tx, holder: Buffer, user: UserId, now: Date): Promise<Buffer | undefined> =>
  (await offersOf(tx, holder, user, now).forUpdate().executeTakeFirst())?.secret

export async function deleteOffer(tx: Tx, holder: Buffer): Promise<void> {
  await tx.deleteFrom('totp_offers').where('holder', '=', holder).execute()
}

/** By `totp_offers_of_user`: with the factors of somebody goes what they were about to make one of. */
export async function deleteOffersOf(tx: Tx, user: UserId): Promise<void> {
  await tx.deleteFrom('totp_offers').where('user_id', '=', userId.toUuid(user)).execute()
}
