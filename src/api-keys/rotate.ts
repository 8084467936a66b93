import type { OrgTx } from '../db/transaction.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import { inLogOf, snapshotOf } from './event.ts'
import { type ApiKey, type KeyId, keyId, stateOf } from './key.ts'
import { expiryOf, type PlanFault, type Wish } from './plan.ts'
import type { Acting, Announce, Seat } from './ports.ts'
import type { KeySecrets } from './secret.ts'
import type { KeysDeps } from './service.ts'
import { endAt, hasSuccessor, insertKey, lockKey } from './store.ts'
import { tellingOfNew } from './tell-of-new.ts'

export interface Rotation {
  /** Milliseconds for which the former one works on; 0: it ends at once. */
  readonly overlap?: number | undefined
  readonly lifetime?: Wish['lifetime']
}

export type RotateFault = PlanFault | { readonly reason: 'not-active' | 'rotated-already' | 'overlap-invalid' }

interface Rotating {
  readonly former: ApiKey
  /** Its name. */
  readonly organisation: string
}

export interface Rotated {
  readonly key: ApiKey
  readonly secret: Secret<string>
  readonly formerEndsAt: Date
}

const LONGEST_OVERLAP = 30 * 24 * 3_600_000

type RotateDeps<By extends Acting> = Pick<
  KeysDeps<By, Seat>,
  'settings' | 'record' | 'announce' | 'owners' | 'tell' | 'tellKeepers' | 'clock'
>

/**
 * Of one line two work at a time, whatever the overlap: by rotating what was rotated, an owner would have as many keys as
 * they like. The row of the former one is locked by the caller: of two rotations at once the second finds a successor.
 */
export const rotateKey =
  <By extends Acting>(deps: RotateDeps<By> & { readonly secrets: KeySecrets }) =>
  async (
    tx: OrgTx,
    by: By,
    { former, organisation }: Rotating,
    { overlap, lifetime }: Rotation,
  ): Promise<Result<Rotated, RotateFault>> => {
    const { settings, record, announce, clock, secrets } = deps
    const now = clock.now()
    if (await hasSuccessor(tx, former.id)) return fail({ reason: 'rotated-already' })
    if (stateOf(former, now) !== 'active') return fail({ reason: 'not-active' })
    const both = overlap ?? settings.overlap
    if (!(both >= 0 && both <= LONGEST_OVERLAP)) return fail({ reason: 'overlap-invalid' })
    const expires = expiryOf(lifetime, { settings, now })
    if (!expires.ok) return expires

    if (former.replaces) await endNow(tx, by, former.replaces, former, deps)
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
    const endsAsPlanned = former.expiresAt !== null && former.expiresAt <= end
    const formerEndsAt = endsAsPlanned ? former.expiresAt : end
    await endAt(tx, former.id, formerEndsAt)
    const context = inLogOf(by, key)
    await record(tx, context, { action: 'api_key.created', target: key.id, after: { public: snapshotOf(key) } })
    await record(tx, context, {
      action: 'api_key.rotated',
      target: former.id,
      before: { public: { expiresAt: former.expiresAt?.toISOString() ?? null } },
      after: { public: { expiresAt: formerEndsAt.toISOString(), successor: key.id } },
    })
    if (!endsAsPlanned) await announceEnd(tx, former, both === 0 ? undefined : end, announce)
    await tellingOfNew(deps)(tx, by, { what: 'rotated', key, organisation })
    return ok({ key, secret, formerEndsAt })
  }

/**
 * Tokens end with their key as it was to end when they were issued. Those of before the rotation outlive what it ends sooner;
 * one that ends when it always was to is outlived by none.
 */
const announceEnd = (tx: OrgTx, { id, organisation }: ApiKey, from: Date | undefined, announce: Announce) =>
  announce(tx, { apiKey: id, organisation, reason: 'key-rotated', ...(from && { from }) })

/** The key before the one that is rotated, where its own overlap still runs. */
async function endNow<By extends Acting>(
  tx: OrgTx,
  by: By,
  id: KeyId,
  { id: successor, organisation }: ApiKey,
  { record, announce, clock }: RotateDeps<By>,
): Promise<void> {
  const now = clock.now()
  const older = await lockKey(tx, organisation, id)
  if (!older || stateOf(older, now) !== 'active') return
  await endAt(tx, id, now)
  await record(tx, inLogOf(by, older), {
    action: 'api_key.rotated',
    target: id,
    before: { public: { expiresAt: older.expiresAt?.toISOString() ?? null } },
    after: { public: { expiresAt: now.toISOString(), successor } },
  })
  await announceEnd(tx, older, undefined, announce)
}
