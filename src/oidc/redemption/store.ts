import { sql } from 'kysely'
import { statement } from '../../db/statement.ts'
import type { Tx } from '../../db/types.ts'

interface Redeeming {
  readonly code: Buffer
  readonly at: Date
  readonly seenAfter: Date
  readonly bornAfter: Date
}

interface Elsewhere {
  /** Somebody else holds the grant, or it is gone: nothing was used, and nothing else is answered. */
  readonly use: 'elsewhere'
}

export interface Redeemed {
  readonly use: 'first' | 'again'
  readonly payload: unknown
  readonly org_id: string | null
  /** Before this. */
  readonly consumed_at: Date | null
  readonly grant_hash: Buffer
  readonly grant_payload: unknown
  readonly grant_expires_at: Date
  /** Null where the tokens outlive the session. */
  readonly session_stands: boolean | null
}

const redeeming = statement<Redeeming, Redeemed | Elsewhere>((db, part) => {
  const { code, at, seenAfter, bornAfter } = part((given) => given)
  return db
    .selectFrom(sql<Redeemed | Elsewhere>`redeem_code(${code}, ${at}, ${seenAfter}, ${bornAfter})`.as('found'))
    .selectAll()
})

/** From here on the transaction holds the grant, and waits for nobody to have it. Undefined: there is no such code. */
export const redeemCode = async (tx: Tx, given: Redeeming): Promise<Redeemed | Elsewhere | undefined> =>
  (await redeeming(tx, given)).rows[0]
