import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'
import { deleteOffer, findOffer, lockOffer, offerRow, putOffer } from './offer-store.ts'
import type { SealsOfPersons } from './ports.ts'

/** What is scanned or typed into an app. */
export interface TotpOffer {
  /** In base32. */
  readonly secret: Secret<string>
  readonly uri: Secret<string>
}

export interface TotpOffers {
  /** A secret of their own for whoever asked: the one that they have, while it lasts. */
  offer(holder: Buffer, user: UserId): Promise<void>
  offered(holder: Buffer, user: { readonly id: UserId; readonly email: string }): Promise<TotpOffer | undefined>
}

interface OfferDeps {
  readonly db: Db
  readonly persons: SealsOfPersons
  /** What an app shows above the code. */
  readonly issuer: string
  readonly clock: Clock
}

/** Enough to install an app first. */
export const OFFER_LASTS_MS = 15 * 60_000

const placeOf = (holder: Buffer) => ({ table: 'totp_offers', column: 'secret', row: offerRow(holder) }) as const

const codes = () => import('./codes.ts')

export function totpOffers({ db, persons, issuer, clock }: OfferDeps): TotpOffers {
  return {
    offer: async (holder, user) => {
      const sealer = await persons.of(db, user)
      if (!sealer.ok) throw new Error(`a secret cannot be sealed for ${user}: its key is ${sealer.error}`)
      const now = clock.now()
      const expiresAt = new Date(now.getTime() + OFFER_LASTS_MS)
      const secret = sealer.value.seal(placeOf(holder), (await codes()).newSecret())
      await putOffer(db, { holder, user, secret, expiresAt }, now)
    },
    offered: async (holder, { id, email }) => {
      const sealed = await findOffer(db, holder, id, clock.now())
      const secret = sealed && (await opened(db, persons, holder, id, sealed))
      return secret && { secret, uri: (await codes()).uriOf(secret, issuer, email) }
    },
  }
}

/** Held until the transaction ends. `take` once its code was right: an offer that was mistyped stays. */
export async function holdOffer(tx: Tx, persons: SealsOfPersons, holder: Buffer, user: UserId, now: Date) {
  const sealed = await lockOffer(tx, holder, user, now)
  const secret = sealed && (await opened(tx, persons, holder, user, sealed))
  return secret && { secret, take: () => deleteOffer(tx, holder) }
}

async function opened(db: Db | Tx, persons: SealsOfPersons, holder: Buffer, user: UserId, sealed: Buffer) {
  const sealer = await persons.of(db, user)
  return sealer.ok ? sealer.value.openText(placeOf(holder), sealed) : undefined
}
