import type { Selectable } from 'kysely'
import type { Passkeys as PasskeysTable } from '../../db/schema.gen.ts'
import type { Db, Tx } from '../../db/types.ts'
import { defineId } from '../../lib/ids.ts'
import type { UserId } from '../../users/user.ts'
import { type PasskeyId, passkeyId } from './passkey.ts'

const userId = defineId('usr')

export interface PasskeyRow {
  readonly id: PasskeyId
  readonly user: UserId
  readonly credentialId: Buffer
  readonly publicKey: Buffer
  readonly signCount: number
  readonly backupEligible: boolean
  readonly backedUp: boolean
  readonly transports: readonly string[]
  readonly aaguid: string
  /** Sealed for the person. */
  readonly name: Buffer
  readonly createdAt: Date
  readonly lastUsedAt: Date | undefined
}

/** The row's name, as a seal is bound to it. */
export const placeOfName = (id: PasskeyId) =>
  ({ table: 'passkeys', column: 'name', row: passkeyId.toUuid(id) }) as const

const toRow = (row: Selectable<PasskeysTable>): PasskeyRow => ({
  id: passkeyId.fromUuid(row.id),
  user: userId.fromUuid(row.user_id),
  credentialId: row.credential_id,
  publicKey: row.public_key,
  // 32 bits in the protocol (WebAuthn §6.1).
  signCount: Number(row.sign_count),
  backupEligible: row.backup_eligible,
  backedUp: row.backed_up,
  transports: row.transports,
  aaguid: row.aaguid,
  name: row.name,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at ?? undefined,
})

/** False where somebody has it already: of two that add the same one, the other waits and then finds it. */
export async function insertPasskey(tx: Tx, row: PasskeyRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('passkeys')
    .values({
      id: passkeyId.toUuid(row.id),
      user_id: userId.toUuid(row.user),
      credential_id: row.credentialId,
      public_key: row.publicKey,
      sign_count: row.signCount,
      backup_eligible: row.backupEligible,
      backed_up: row.backedUp,
      transports: [...row.transports],
      aaguid: row.aaguid,
      name: row.name,
      created_at: row.createdAt,
      last_used_at: null,
    })
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** By `passkeys_of_user`, the oldest first. */
export async function listPasskeys(db: Db, user: UserId): Promise<PasskeyRow[]> {
  const rows = await db
    .selectFrom('passkeys')
    .selectAll()
    .where('user_id', '=', userId.toUuid(user))
    .orderBy('id')
    .execute()
  return rows.map(toRow)
}

/** Held until the transaction ends: two that use one counter at the same moment see it one after the other. */
export async function holdByCredential(tx: Tx, credentialId: Buffer): Promise<PasskeyRow | undefined> {
  const row = await tx
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .forUpdate()
    .executeTakeFirst()
  return row && toRow(row)
}

interface Use {
  readonly signCount: number
  readonly backedUp: boolean
  readonly at: Date
}

export async function setUsed(tx: Tx, id: PasskeyId, { signCount, backedUp, at }: Use): Promise<void> {
  await tx
    .updateTable('passkeys')
    .set({ sign_count: signCount, backed_up: backedUp, last_used_at: at })
    .where('id', '=', passkeyId.toUuid(id))
    .execute()
}

export interface OwnPasskey {
  readonly user: UserId
  readonly id: PasskeyId
}

export async function setName(tx: Tx, { user, id }: OwnPasskey, name: Buffer): Promise<PasskeyRow | undefined> {
  const row = await tx
    .updateTable('passkeys')
    .set({ name })
    .where('id', '=', passkeyId.toUuid(id))
    .where('user_id', '=', userId.toUuid(user))
    .returningAll()
    .executeTakeFirst()
  return row && toRow(row)
}

export async function holdPasskey(tx: Tx, { user, id }: OwnPasskey): Promise<boolean> {
  const row = await tx
    .selectFrom('passkeys')
    .select('id')
    .where('id', '=', passkeyId.toUuid(id))
    .where('user_id', '=', userId.toUuid(user))
    .forShare()
    .executeTakeFirst()
  return row !== undefined
}

export async function deletePasskey(tx: Tx, { user, id }: OwnPasskey): Promise<PasskeyRow | undefined> {
  const row = await tx
    .deleteFrom('passkeys')
    .where('id', '=', passkeyId.toUuid(id))
    .where('user_id', '=', userId.toUuid(user))
    .returningAll()
    .executeTakeFirst()
  return row && toRow(row)
}

interface Later {
  readonly since: Date
  /** Younger or not. */
  readonly id?: PasskeyId
}

export async function deleteLaterPasskeys(tx: Tx, user: UserId, { since, id }: Later): Promise<PasskeyRow[]> {
  const rows = await tx
    .deleteFrom('passkeys')
    .where('user_id', '=', userId.toUuid(user))
    .where(({ eb, or }) =>
      or([eb('created_at', '>=', since), ...(id === undefined ? [] : [eb('id', '=', passkeyId.toUuid(id))])]),
    )
    .returningAll()
    .execute()
  return rows.map(toRow)
}

export async function deletePasskeysOf(tx: Tx, user: UserId): Promise<PasskeyRow[]> {
  const rows = await tx.deleteFrom('passkeys').where('user_id', '=', userId.toUuid(user)).returningAll().execute()
  return rows.map(toRow)
}
