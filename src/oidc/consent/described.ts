import type { Agreed } from '../../consents/agreed.ts'
import type { Described, DescribedApi } from '../../consents/described.ts'
import type { Db } from '../../db/types.ts'
import { findNamedApis } from './words-store.ts'

/** The issuer as an audience has the scopes of OpenID Connect alone, which stand above. */
export async function described(db: Db, issuer: string, { scopes, claims, resources }: Agreed): Promise<Described> {
  const audiences = Object.keys(resources).filter((audience) => audience !== issuer)
  const named = await findNamedApis(db, audiences)
  const apis = audiences.map((audience): DescribedApi => {
    const api = named.get(audience)
    return {
      audience,
      name: api?.name ?? audience,
      scopes: (resources[audience] ?? []).map((name) => ({ name, words: api?.words.get(name) ?? {} })),
    }
  })
  return { scopes, claims, apis }
}
