import { sql } from 'kysely'
import type { InstanceTx } from '../db/transaction.ts'
import { type ApiKey, type KeyId, keyId } from './key.ts'
import { keys, toKey } from './store.ts'

/** By api_keys_ending. Locked, so that two who look at once do not tell twice. */
const ending = (tx: InstanceTx) =>
  keys(tx)
    .where('k.revoked_at', 'is', null)
    .where('k.expired_at', 'is', null)
    .orderBy('k.expires_at')
    .modifyEnd(sql`FOR UPDATE OF k SKIP LOCKED`)

export interface EndingSoon {
  readonly key: ApiKey
  /** Its name. */
  readonly organisation: string
  readonly expiresAt: Date
}

interface Soon {
  readonly now: Date
  /** Milliseconds. */
  readonly within: number
  readonly limit: number
}

export async function endingSoon(tx: InstanceTx, { now, within, limit }: Soon): Promise<EndingSoon[]> {
  const rows = await ending(tx)
    .innerJoin('organisations as o', 'o.id', 'k.org_id')
    .select('o.name as organisation')
    .where('o.status', '=', 'active')
    .where('k.warned_at', 'is', null)
    .where('k.expires_at', '>', now)
    .where('k.expires_at', '<=', new Date(now.getTime() + within))
    .where(sql<boolean>`k.expires_at - k.created_at > ${within} * interval '1 millisecond'`)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('api_keys as n').select('n.id').whereRef('n.replaces', '=', 'k.id'))),
    )
    .limit(limit)
    .execute()
  return rows.flatMap((row) =>
    row.expires_at ? [{ key: toKey(row), organisation: row.organisation, expiresAt: row.expires_at }] : [],
  )
}

export async function expired(tx: InstanceTx, now: Date, limit: number): Promise<ApiKey[]> {
  const rows = await ending(tx).where('k.expires_at', '<=', now).limit(limit).execute()
  return rows.map(toKey)
}

const change = (tx: InstanceTx, id: KeyId) => tx.updateTable('api_keys').where('id', '=', keyId.toUuid(id))

export const markWarned = (tx: InstanceTx, id: KeyId, at: Date): Promise<unknown> =>
  change(tx, id).set({ warned_at: at }).execute()

export const markExpired = (tx: InstanceTx, id: KeyId, at: Date): Promise<unknown> =>
  change(tx, id).set({ expired_at: at }).execute()
