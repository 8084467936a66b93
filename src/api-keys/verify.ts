import { inCredential, inOrganisation } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Id } from '../lib/ids.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { type ApiKey, type KeyId, type OwnerId, stateOf } from './key.ts'
import type { Owners, PermissionSet, Place, Places, Seat } from './ports.ts'
import { type KeySecrets, looksLikeKey } from './secret.ts'
import { findBySecret, findKey, touchKey } from './store.ts'

/** A key that was shown and stands, and for what it stands at this moment. */
export interface VerifiedKey<S extends Seat> {
  readonly id: KeyId
  readonly owner: OwnerId
  readonly seat: S
  /** Keys of the owner's roles. */
  readonly roles: readonly string[]
  /** What stands on the key and what its owner may do: never more than either. */
  readonly permissions: PermissionSet
  /** Their own numbers, where they have one. */
  readonly quota: { readonly organisation?: number; readonly key?: number }
  readonly expiresAt: Date | null
}

/** For the log alone: whoever asked is told the same for all, or they would learn which keys there are. */
export type VerifyRefusal =
  | 'malformed'
  | 'unknown'
  | 'revoked'
  | 'expired'
  | 'address-not-allowed'
  | 'not-a-member'
  | 'organisation-not-active'
  | 'owner-not-active'
  | 'policy-not-met'

export interface VerifyKeys<S extends Seat> {
  verify(presented: string, from: { readonly ip?: string | undefined }): Promise<Result<VerifiedKey<S>, VerifyRefusal>>
  /** The same by its id, for a token that was issued for it; from where was judged then. */
  standing(key: KeyId, organisation: Id<'org'>): Promise<Result<VerifiedKey<S>, VerifyRefusal>>
}

export interface VerifyDeps<S extends Seat> {
  readonly db: Db
  readonly secrets: KeySecrets
  readonly places: Places<S>
  readonly owners: Pick<Owners, 'isActive'>
  readonly clock: Clock
}

/** As often as the last use is written: precise enough for its reader, and no write for every request. */
const TOUCH_EVERY_MS = 60_000

export function verifyKeys<S extends Seat>({ db, secrets, places, owners, clock }: VerifyDeps<S>): VerifyKeys<S> {
  /** Nothing is remembered of a former use: whoever lost what the key stands on is refused at the next one (threat 7). */
  async function judge(tx: Parameters<Places<S>['of']>[0], key: ApiKey): Promise<Result<Place<S>, VerifyRefusal>> {
    const state = stateOf(key, clock.now())
    if (state !== 'active') return fail(state)
    const place = await places.of(tx, key.organisation, key.owner)
    if (place?.seat.status !== 'active') return fail('not-a-member')
    if (place.seat.organisation.status !== 'active') return fail('organisation-not-active')
    return (await owners.isActive(tx, key.owner)) ? ok(place) : fail('owner-not-active')
  }

  return {
    verify: async (presented, { ip }) => {
      if (!looksLikeKey(presented)) return fail('malformed')
      const hash = secrets.hashOf(presented)
      return inCredential(db, hash, async (tx): Promise<Result<VerifiedKey<S>, VerifyRefusal>> => {
        const key = await findBySecret(tx, hash)
        if (!key) return fail('unknown')
        if (!places.isFrom(ip, key.ipRanges)) return fail('address-not-allowed')
        const judged = await judge(tx, key)
        if (!judged.ok) return judged
        const place = judged.value
        const now = clock.now()
        if (!places.lets(place.seat, { now, ip })) return fail('policy-not-met')
        if (!key.lastUsedAt || now.getTime() - key.lastUsedAt.getTime() >= TOUCH_EVERY_MS)
          await touchKey(place.tx, key, now)
        return ok(verified(key, place))
      })
    },
    standing: (id, organisation) =>
      inOrganisation(db, organisation, async (tx): Promise<Result<VerifiedKey<S>, VerifyRefusal>> => {
        const key = await findKey(tx, organisation, id)
        if (!key) return fail('unknown')
        const judged = await judge(tx, key)
        return judged.ok ? ok(verified(key, judged.value)) : judged
      }),
  }

  function verified(key: ApiKey, { seat, roles, permissions }: Place<S>): VerifiedKey<S> {
    const { quota } = seat.organisation
    return {
      id: key.id,
      owner: key.owner,
      seat,
      roles: roles.map((role) => role.key),
      permissions: places.within(key.permissions, permissions),
      quota: { ...(quota !== null && { organisation: quota }), ...(key.quota !== null && { key: key.quota }) },
      expiresAt: key.expiresAt,
    }
  }
}
