import { sql } from 'kysely'
import { statement } from '../../db/statement.ts'
import type { Db, Tx } from '../../db/types.ts'

interface UseOfToken {
  readonly token: Buffer
  readonly successor: Buffer
  readonly at: Date
  readonly rotates: boolean
  readonly neededUntil: Date
  readonly keptUntil: Date
  readonly seenAfter: Date
  readonly bornAfter: Date
}

export interface FoundUse {
  readonly payload: unknown
  readonly org_id: string | null
  readonly expires_at: Date
  readonly first_used_at: Date | null
  readonly uses: number
  readonly successor: string | null
  readonly grant_payload: unknown
  readonly session_stands: boolean | null
  readonly is_active: boolean | null
  /** The grant, where the transaction holds the family from here on. */
  readonly held: Buffer | null
  /** The grant, where somebody else holds it: nothing was used, and nothing else is answered. */
  readonly busy: Buffer | null
}

const using = statement<UseOfToken, FoundUse>((db, part) => {
  const given = part((use) => use)
  return db
    .selectFrom(
      sql<FoundUse>`use_refresh_token(${given.token}, ${given.successor}, ${given.at}, ${given.rotates},
        ${given.neededUntil}, ${given.keptUntil}, ${given.seenAfter}, ${given.bornAfter})`.as('found'),
    )
    .selectAll()
})

/** One round trip, by primary keys alone, which waits for nobody. From here on the transaction holds the family of the token. */
export const useRefreshToken = async (tx: Tx, use: UseOfToken): Promise<FoundUse | undefined> =>
  (await using(tx, use)).rows[0]

const sliding = statement<{ token: Buffer; until: Date; exp: number }, unknown>((db, part) => {
  const { token, until, exp } = part((values) => values)
  return db
    .updateTable('oidc_artifacts')
    .set({ expires_at: until, payload: sql`jsonb_set(payload, '{exp}', to_jsonb(${exp}::bigint))` })
    .where('id_hash', '=', token)
})

/** Of one that is used again and again. */
export const slideRefreshToken = (db: Db, token: Buffer, until: Date): Promise<unknown> =>
  sliding(db, { token, until, exp: Math.floor(until.getTime() / 1000) })
