import type { Db } from '../../db/types.ts'
import { sha256 } from '../../lib/hash.ts'
import { takeJwt } from './store.ts'

/** JWTs that count once, whichever instance they reach (threat 5). */
export interface UsedJwts {
  /** True once. It is remembered until the JWT would be refused for its age, and no longer. */
  take(hash: Buffer, expiresAt: Date): Promise<boolean>
}

/**
 * Where a request holds a transaction already it is written there: a second connection could be one that the pool does not
 * have, and what a refused request rolls back has used nothing up.
 */
export const createUsedJwts = (db: () => Promise<Db>): UsedJwts => ({
  take: async (hash, expiresAt) => takeJwt(await db(), hash, expiresAt),
})

/**
 * For what an id was used, so that one kind never uses up another's. Written as JSON: joined without a border, two pairs of texts
 * could be one.
 */
export const usedJwtHash = (use: string, by: string, jti: string): Buffer => sha256(JSON.stringify([use, by, jti]))
