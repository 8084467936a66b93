import { type Asked, answerIn } from '../db/asked.ts'
import { enterOrganisation } from '../db/transaction.ts'
import type { Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import { inLogOf, snapshotOf } from './event.ts'
import { type ApiKey, keyId, type OwnerId } from './key.ts'
import { mayActAs } from './may.ts'
import { type PlanFault, planKey, type Wish } from './plan.ts'
import type { Acting, Authority, Seat } from './ports.ts'
import type { KeySecrets } from './secret.ts'
import type { KeysDeps } from './service.ts'
import { holdOwner, insertKey, liveKeysOf } from './store.ts'
import { tellingOfNew } from './tell-of-new.ts'

export interface NewKey extends Wish {
  readonly organisation: Id<'org'>
  readonly owner: OwnerId
}

export type CreateFault =
  | PlanFault
  | { readonly reason: 'not-allowed' | 'not-a-member' | 'owner-not-active' | 'quota-not-allowed' }
  | { readonly reason: 'too-many'; readonly most: number }

export interface CreatedKey {
  readonly key: ApiKey
  /** To be shown once: nothing can bring it back. */
  readonly secret: Secret<string>
}

export const createKey =
  <By extends Acting, S extends Seat>(deps: KeysDeps<By, S> & { readonly secrets: KeySecrets }) =>
  async (tx: Tx, by: By, asked: Asked<Authority>, input: NewKey): Promise<Result<CreatedKey, CreateFault>> => {
    const { places, owners, settings, secrets, record, clock } = deps
    const { organisation, owner } = input
    // Before anything is judged: whoever is removed at this moment either has no key yet or is known to be gone, and who
    // asks is judged by what they are when it is their turn.
    const scoped = await enterOrganisation(tx, organisation)
    await places.hold(scoped, organisation)
    await holdOwner(tx, owner)
    const authority = await answerIn(scoped, asked)
    const place = await places.of(tx, organisation, owner)
    if (place?.seat.status !== 'active' || place.seat.organisation.status !== 'active')
      return fail({ reason: 'not-a-member' })
    if (!mayActAs({ by, authority, owner }, place.roles)) return fail({ reason: 'not-allowed' })
    // Its number is taken out of what all share: nobody gives themselves a larger portion.
    if (input.quota !== undefined && !authority.allows('api-keys.manage')) return fail({ reason: 'quota-not-allowed' })
    if (!(await owners.isActive(tx, owner))) return fail({ reason: 'owner-not-active' })
    const now = clock.now()
    const planned = planKey(input, place.permissions, { settings, within: places.within, now })
    if (!planned.ok) return planned

    const most = settings.perOwner
    if ((await liveKeysOf(place.tx, organisation, owner, now)).length >= most) return fail({ reason: 'too-many', most })
    const { secret, hash, hint } = secrets.generate()
    const key: ApiKey = {
      id: keyId.generate(),
      organisation,
      owner,
      hint,
      ...planned.value,
      createdAt: now,
      lastUsedAt: null,
      replaces: null,
      revokedAt: null,
      revokedBecause: null,
    }
    await insertKey(place.tx, key, hash)
    await record(tx, inLogOf(by, key), {
      action: 'api_key.created',
      target: key.id,
      after: { public: snapshotOf(key) },
    })
    await tellingOfNew(deps)(place.tx, by, { what: 'created', key, organisation: place.seat.organisation.name })
    return ok({ key, secret })
  }
