import { z } from 'zod'
import type { Db } from '../../db/types.ts'

/** Language → what a person reads. */
type ScopeWords = Readonly<Record<string, string>>

export interface NamedApi {
  readonly name: string
  /** By scope; of a scope that nobody described there is none. */
  readonly words: ReadonlyMap<string, ScopeWords>
}

const words = z.record(z.string(), z.record(z.string(), z.string()))

/** By the unique index over the audience. What is known no more is not in it. */
export async function findNamedApis(db: Db, audiences: readonly string[]): Promise<ReadonlyMap<string, NamedApi>> {
  if (audiences.length === 0) return new Map()
  const rows = await db
    .selectFrom('apis')
    .select(['audience', 'name', 'scope_words'])
    .where('audience', 'in', [...audiences])
    .execute()
  return new Map(
    rows.map(({ audience, name, scope_words }) => [
      audience,
      { name, words: new Map(Object.entries(words.parse(scope_words))) },
    ]),
  )
}
