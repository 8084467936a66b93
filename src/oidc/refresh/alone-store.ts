import { sql } from 'kysely'
import { statement } from '../../db/statement.ts'
import type { Db } from '../../db/types.ts'
import type { EnoughLevels } from '../strength/enough.ts'

export interface WholeRefresh extends EnoughLevels {
  readonly token: Buffer
  readonly successor: Buffer
  readonly at: Date
  readonly client: string
  readonly audiences: readonly string[]
  /** Null: all that the token has. */
  readonly scopes: readonly string[] | null
  readonly neededUntil: Date
  readonly keptUntil: Date
  readonly seenAfter: Date
  readonly bornAfter: Date
  /** Seconds. */
  readonly window: number
  readonly lives: readonly number[]
  /** Bytes that a token may say of an organisation. */
  readonly largestClaims: number
}

export interface FoundRefresh {
  /** Whatever is none of the first two has used nothing. */
  readonly use: 'first' | 'retry' | 'none' | 'busy' | 'undecided'
  readonly payload: unknown
  readonly grant_payload: unknown
  readonly family: Buffer | null
  /** For whom somebody works, and as what. */
  readonly org_id: string | null
  readonly seat: string | null
}

const rotating = statement<WholeRefresh, FoundRefresh>((db, part) => {
  const given = part((whole) => whole)
  return db
    .selectFrom(
      sql<FoundRefresh>`rotate_refresh_token(${given.token}, ${given.successor}, ${given.at}, ${given.client},
        ${given.audiences}, ${given.scopes}, ${given.levels}, ${given.levelsRequired}, ${given.levelsResistant},
        ${given.neededUntil}, ${given.keptUntil}, ${given.seenAfter}, ${given.bornAfter}, ${given.window}, ${given.lives},
        ${given.largestClaims})`.as('found'),
    )
    .selectAll()
})

export type Used = Pick<WholeRefresh, 'token' | 'successor' | 'at'>

/** Nobody has heard of the successor yet: false where somebody has, by a second request. */
export async function returnUse(db: Db, { token, successor, at }: Used): Promise<boolean> {
  const { rows } = await sql<{ is_returned: boolean }>`
    SELECT return_refresh_token(${token}, ${successor}, ${at}) AS is_returned`.execute(db)
  return rows[0]?.is_returned === true
}

/** A transaction by itself: what it says that it has done is done. */
export async function rotateRefreshToken(db: Db, whole: WholeRefresh): Promise<FoundRefresh> {
  const { rows } = await rotating(db, whole)
  const [found] = rows
  if (!found) throw new TypeError('a refresh was not answered')
  return found
}
