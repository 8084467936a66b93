import { sql } from 'kysely'
import type { Db, Tx } from '../../db/types.ts'
import { type AuditJwk, auditJwk, type PublicAuditKey } from './audit-key.ts'
import { inOrderOfEndorsement } from './order.ts'

/** One at a time signs with the key, or takes it out of use. Of the table, which the role that serves cannot lock so. */
export const lockAuditKeys = (tx: Tx): Promise<unknown> =>
  sql`LOCK TABLE audit_keys IN SHARE ROW EXCLUSIVE MODE`.execute(tx)

export interface ActiveRow {
  readonly id: string
  readonly kid: string
  readonly sealed: Buffer
}

export async function findActiveKey(tx: Tx): Promise<ActiveRow | undefined> {
  const active = tx.selectFrom('audit_keys').select(['id', 'kid', 'sealed']).where('retired_at', 'is', null)
  const row = await active.executeTakeFirst()
  return row?.sealed ? { ...row, sealed: row.sealed } : undefined
}

interface NewKey {
  readonly id: string
  readonly jwk: AuditJwk
  readonly sealed: Buffer
  readonly at: Date
  readonly endorsement: string | null
}

export const insertAuditKey = (tx: Tx, { id, jwk, sealed, at, endorsement }: NewKey): Promise<unknown> =>
  tx
    .insertInto('audit_keys')
    .values({ id, kid: jwk.kid, public_jwk: JSON.stringify(jwk), sealed, created_at: at, endorsement })
    .execute()

/** With its private half: what is signed with it from now on was signed by whoever kept a copy. */
export const retireAuditKey = (tx: Tx, id: string, at: Date): Promise<unknown> =>
  tx.updateTable('audit_keys').set({ sealed: null, retired_at: at }).where('id', '=', id).execute()

/** Oldest first: each behind the one that endorses it. */
export async function listAuditKeys(db: Db): Promise<PublicAuditKey[]> {
  const columns = ['kid', 'public_jwk', 'created_at', 'retired_at', 'endorsement'] as const
  const rows = await db.selectFrom('audit_keys').select(columns).orderBy('id').execute()
  return inOrderOfEndorsement(rows).map(({ kid, public_jwk, created_at, retired_at, endorsement }) => ({
    kid,
    jwk: auditJwk.parse(public_jwk),
    createdAt: created_at,
    retiredAt: retired_at,
    endorsement,
  }))
}
