import { sql } from 'kysely'
import type { Db, Tx } from '../db/types.ts'

export const LICENSE_CHANNEL = 'hearthkey_license'

export type Kind = 'license' | 'revocations'

export interface Row {
  readonly id: string
  readonly sealed: Buffer
}

export interface Rows {
  readonly license: (Row & { readonly installedAt: Date; readonly expiredAt: Date | null }) | undefined
  readonly revocations: Row | undefined
  readonly clock: (Row & { readonly setBackAt: Date | null }) | undefined
}

/** Three rows at the most. */
export async function readRows(db: Db): Promise<Rows> {
  const [kept, clock] = [
    await db.selectFrom('licenses').select(['id', 'kind', 'sealed', 'installed_at', 'expired_at']).execute(),
    await db.selectFrom('license_clock').select(['id', 'sealed', 'set_back_at']).executeTakeFirst(),
  ]
  const [license, revocations] = (['license', 'revocations'] as const).map((kind) =>
    kept.find((row) => row.kind === kind),
  )
  return {
    license: license && {
      id: license.id,
      sealed: license.sealed,
      installedAt: license.installed_at,
      expiredAt: license.expired_at,
    },
    revocations,
    clock: clock && { id: clock.id, sealed: clock.sealed, setBackAt: clock.set_back_at },
  }
}

export async function replaceRow(tx: Tx, kind: Kind, { id, sealed }: Row, at: Date): Promise<void> {
  await deleteRow(tx, kind)
  await tx.insertInto('licenses').values({ id, kind, sealed, installed_at: at }).execute()
}

export const deleteRow = (tx: Tx, kind: Kind): Promise<unknown> =>
  tx.deleteFrom('licenses').where('kind', '=', kind).execute()

export const markExpired = (tx: Tx, at: Date): Promise<unknown> =>
  tx.updateTable('licenses').set({ expired_at: at }).where('kind', '=', 'license').execute()

export const putClock = (tx: Tx, { id, sealed }: Row, setBackAt: Date | null): Promise<unknown> =>
  tx
    .insertInto('license_clock')
    .values({ id, sealed, set_back_at: setBackAt })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ sealed, set_back_at: setBackAt }))
    .execute()

/** `hlic` as a number: the class of every advisory lock of this room. */
const CLASS = 1_752_951_139
const LOCKS = { license: 1, users: 2, organisations: 3, clients: 4 } as const

/** Until the transaction ends, one at a time on every instance. */
export const lockLicense = (tx: Tx, which: keyof typeof LOCKS): Promise<unknown> =>
  sql`SELECT pg_advisory_xact_lock(${CLASS}::int, ${LOCKS[which]}::int)`.execute(tx)

/** Sent when the transaction commits: every process forgets what it knew. */
export const tellOfLicense = (tx: Tx): Promise<unknown> => sql`SELECT pg_notify(${LICENSE_CHANNEL}, '')`.execute(tx)
