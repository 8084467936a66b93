import type { OrgTx } from '../db/transaction.ts'
import type { Clock } from '../lib/clock.ts'
import type { Id } from '../lib/ids.ts'
import { inLogOf } from './event.ts'
import type { ApiKey, OwnerId, RevocationCause } from './key.ts'
import type { Acting, Announce, RecordKeyEvent } from './ports.ts'
import { holdOwner, liveKeysOf, lockKey, markRevoked } from './store.ts'

export interface EndDeps<By> {
  readonly record: RecordKeyEvent<By>
  readonly announce: Announce
  readonly clock: Clock
}

/**
 * At the next use it is refused, and tokens that were issued for it are announced as dead. False when it was revoked
 * before: then nothing is said again.
 */
export const endKey =
  <By extends Acting>({ record, announce, clock }: EndDeps<By>) =>
  async (tx: OrgTx, by: By, key: ApiKey, because: RevocationCause, more: { readonly url?: string } = {}) => {
    if (!(await markRevoked(tx, key.id, because, clock.now()))) return false
    await record(tx, inLogOf(by, key), {
      action: because === 'leaked' ? 'api_key.leaked' : 'api_key.revoked',
      target: key.id,
      before: { public: { name: key.name, owner: key.owner } },
      after: { public: { because, ...(more.url !== undefined && { url: more.url }) } },
    })
    await announce(tx, { apiKey: key.id, organisation: key.organisation, reason: `key-${because}` })
    return true
  }

/** Of somebody who works here no longer: should they come back one day, their old keys do not. */
export const endKeysOf =
  <By extends Acting>(deps: EndDeps<By>) =>
  async (tx: OrgTx, by: By, { organisation, owner }: { readonly organisation: Id<'org'>; readonly owner: OwnerId }) => {
    const end = endKey(deps)
    // What is being made beside this is waited for, and ended like the rest.
    await holdOwner(tx, owner)
    // From the newest, as a rotation takes them: two that lock the same keys the other way round would wait for each other.
    for (const id of (await liveKeysOf(tx, organisation, owner, deps.clock.now())).reverse()) {
      const key = await lockKey(tx, organisation, id)
      if (key) await end(tx, by, key, 'owner-ended')
    }
  }
