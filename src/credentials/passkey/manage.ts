import type { Db, Tx } from '../../db/types.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { UserId } from '../../users/user.ts'
import { opened } from './open.ts'
import { type Passkey, type PasskeyId, parsePasskeyName } from './passkey.ts'
import type { PersonSealer, RecordPasskeyEvent, SealsOfPersons } from './ports.ts'
import {
  deleteLaterPasskeys,
  deletePasskey,
  deletePasskeysOf,
  holdPasskey,
  listPasskeys,
  type OwnPasskey,
  type PasskeyRow,
  placeOfName,
  setName,
} from './store.ts'

export interface ManagePasskeys<By> {
  listOf(user: UserId): Promise<Passkey[]>
  /** For whoever goes on from what it proved: whoever removes it waits for the transaction. */
  isStill(tx: Tx, what: OwnPasskey): Promise<boolean>
  rename(
    tx: Tx,
    by: By,
    what: OwnPasskey & { readonly name: string },
  ): Promise<Result<Passkey, 'gone' | 'name-invalid'>>
  /** Undefined where there is none, or it is somebody else's. */
  remove(tx: Tx, by: By, what: OwnPasskey): Promise<Passkey | undefined>
  removeAllOf(tx: Tx, by: By, user: UserId): Promise<number>
  /** What was added at that moment or after it, and the one that is named. */
  removeLater(tx: Tx, by: By, user: UserId, later: { readonly since: Date; readonly id?: PasskeyId }): Promise<unknown>
}

interface ManageDeps<By> {
  readonly db: Db
  readonly persons: SealsOfPersons
  readonly record: RecordPasskeyEvent<By>
}

export function managing<By>({ db, persons, record }: ManageDeps<By>): ManagePasskeys<By> {
  async function sealerOf(at: Db | Tx, user: UserId): Promise<PersonSealer> {
    const sealer = await persons.of(at, user)
    if (!sealer.ok) throw new Error(`nobody has passkeys whose key is gone: ${user}`)
    return sealer.value
  }
  async function recordRemoval(tx: Tx, by: By, row: PasskeyRow): Promise<Passkey> {
    const passkey = await opened(row, await sealerOf(tx, row.user))
    const personal = { personId: row.user, fields: { name: passkey.name } }
    const before = { public: { passkey: row.id }, personal }
    await record(tx, by, { action: 'passkey.removed', target: row.user, before })
    return passkey
  }
  return {
    listOf: async (user) => {
      const rows = await listPasskeys(db, user)
      if (rows.length === 0) return []
      const sealer = await sealerOf(db, user)
      return Promise.all(rows.map((row) => opened(row, sealer)))
    },
    rename: async (tx, by, { user, id, name: typed }) => {
      const name = parsePasskeyName(typed)
      if (name === undefined) return fail('name-invalid')
      const sealer = await sealerOf(tx, user)
      const row = await setName(tx, { user, id }, sealer.seal(placeOfName(id), name))
      if (!row) return fail('gone')
      const personal = { personId: user, fields: { name } }
      const after = { public: { passkey: id }, personal }
      await record(tx, by, { action: 'passkey.renamed', target: user, after })
      return ok(await opened(row, sealer))
    },
    isStill: holdPasskey,
    remove: async (tx, by, what) => {
      const row = await deletePasskey(tx, what)
      return row && recordRemoval(tx, by, row)
    },
    removeAllOf: async (tx, by, user) => {
      const rows = await deletePasskeysOf(tx, user)
      for (const row of rows) await recordRemoval(tx, by, row)
      return rows.length
    },
    removeLater: async (tx, by, user, later) => {
      for (const row of await deleteLaterPasskeys(tx, user, later)) await recordRemoval(tx, by, row)
    },
  }
}
