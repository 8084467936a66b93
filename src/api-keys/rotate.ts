import type { OrgTx } from '../db/transaction.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import { inLogOf, snapshotOf } from './event.ts'
import { type ApiKey, keyId, stateOf } from './key.ts'
import { expiryOf, type PlanFault, type Wish } from './plan.ts'
import type { Acting, Seat } from './ports.ts'
import type { KeySecrets } from './secret.ts'
import type { KeysDeps } from './service.ts'
import { endAt, hasSuccessor, insertKey } from './store.ts'

export interface Rotation {
  /** Milliseconds for which the former one works on; 0: it ends at once. */
  readonly overlap?: number | undefined
  readonly lifetime?: Wish['lifetime']
}

export type RotateFault = PlanFault | { readonly reason: 'not-active' | 'rotated-already' | 'overlap-invalid' }

export interface Rotated {
  readonly key: ApiKey
  readonly secret: Secret<string>
  readonly formerEndsAt: Date
}

const LONGEST_OVERLAP = 30 * 24 * 3_600_000

/** The row of the former one is locked by the caller: of two rotations at once the second finds a successor. */
export const rotateKey =
  <By extends Acting>({
    settings,
    record,
    announce,
    clock,
    secrets,
  }: Pick<KeysDeps<By, Seat>, 'settings' | 'record' | 'announce' | 'clock'> & { readonly secrets: KeySecrets }) =>
  async (tx: OrgTx, by: By, former: ApiKey, { overlap, lifetime }: Rotation): Promise<Result<Rotated, RotateFault>> => {
    const now = clock.now()
    if (await hasSuccessor(tx, former.id)) return fail({ reason: 'rotated-already' })
    if (stateOf(former, now) !== 'active') return fail({ reason: 'not-active' })
    const both = overlap ?? settings.overlap
    if (!(both >= 0 && both <= LONGEST_OVERLAP)) return fail({ reason: 'overlap-invalid' })
    const expires = expiryOf(lifetime, { settings, now })
    if (!expires.ok) return expires

    const { secret, hash, hint } = secrets.generate()
    const key: ApiKey = {
      ...former,
      id: keyId.generate(),
      hint,
      createdAt: now,
      expiresAt: expires.value,
      lastUsedAt: null,
      replaces: former.id,
    }
    await insertKey(tx, key, hash)
    const end = new Date(now.getTime() + both)
    const formerEndsAt = former.expiresAt && former.expiresAt < end ? former.expiresAt : end
    await endAt(tx, former.id, formerEndsAt)
    const context = inLogOf(by, key)
    await record(tx, context, { action: 'api_key.created', target: key.id, after: { public: snapshotOf(key) } })
    await record(tx, context, {
      action: 'api_key.rotated',
      target: former.id,
      before: { public: { expiresAt: former.expiresAt?.toISOString() ?? null } },
      after: { public: { expiresAt: formerEndsAt.toISOString(), successor: key.id } },
    })
    if (both === 0) await announce(tx, { apiKey: former.id, organisation: former.organisation, reason: 'key-rotated' })
    return ok({ key, secret, formerEndsAt })
  }
