import { sql } from 'kysely'
import type { Db } from '../../db/types.ts'
import type { ArtifactRow, FoundArtifact } from '../artifacts/store.ts'

export interface DeviceCodeRow extends Omit<ArtifactRow, 'kind'> {
  readonly user_code_hash: Buffer
}

/** False when another device has the same code at this moment. */
export async function insertDeviceCode(db: Db, row: DeviceCodeRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('oidc_artifacts')
    .values({ ...row, kind: 'DeviceCode' })
    .onConflict((conflict) => conflict.column('user_code_hash').where('user_code_hash', 'is not', null).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

const columns = ['id_hash', 'payload', 'sealed', 'consumed_at', 'org_id'] as const

/** One that nobody has answered yet; by oidc_artifacts_by_user_code. */
export const findOpenCode = (db: Db, userCodeHash: Buffer, now: Date): Promise<FoundArtifact | undefined> =>
  db
    .selectFrom('oidc_artifacts')
    .select(columns)
    .where('user_code_hash', '=', userCodeHash)
    .where('expires_at', '>', now)
    .executeTakeFirst()

export interface Answer
  extends Pick<ArtifactRow, 'id_hash' | 'grant_hash' | 'user_id' | 'org_id' | 'payload' | 'sealed'> {
  readonly session_id: string | null
}

/**
 * Compare-and-set: of all who allow or deny, on any instance, one is told true. From then on what was typed opens nothing,
 * and nothing is left of it.
 */
export async function answerDeviceCode(db: Db, { id_hash, ...answer }: Answer): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('oidc_artifacts')
    .set({ ...answer, user_code_hash: null })
    .where('id_hash', '=', id_hash)
    .where('user_code_hash', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Compare-and-set, over all instances: false for whoever comes sooner than `pauseMs` after the last one. */
export async function notePoll(db: Db, idHash: Buffer, now: Date, pauseMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('oidc_artifacts')
    .set({ payload: sql`jsonb_set(payload, '{polledAt}', to_jsonb(${now.getTime()}::bigint))` })
    .where('id_hash', '=', idHash)
    .where(sql<number>`coalesce((payload->>'polledAt')::bigint, 0)`, '<=', now.getTime() - pauseMs)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
