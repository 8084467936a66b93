import { AppError } from '../../errors/app-error.ts'
import type { KeySnapshot } from '../../keyring/signing/key-set.ts'
import type { SigningMaterial } from '../../keyring/signing/material.ts'
import { type Api, type ApiId, apiId } from '../apis/api.ts'
import type { ClaimNames } from '../apis/claim-names.ts'
import type { Client } from '../clients/client.ts'
import type { Known } from '../known.ts'

/** For whom an answer is written, and by which key it is signed: that of the tokens that it speaks of. */
export interface FeedReader {
  readonly audience: string
  /** Undefined: whoever takes tokens that are for nobody's API. */
  readonly api: ApiId | undefined
  readonly names: ClaimNames
  readonly key: SigningMaterial
  /** Whose program it is that asks: of the operator, who may know every person here, or of anybody else. */
  readonly isOurs: boolean
}

interface ReadersDeps {
  readonly issuer: string
  readonly apis: Known<Api>
}

/** Undefined where the program has nothing to do with the API, or there is none: it learns not which. */
export const feedReaders =
  ({ issuer, apis }: ReadersDeps) =>
  async (client: Client, audience: string, keys: KeySnapshot): Promise<FeedReader | undefined> => {
    const isOurs = client.firstParty
    if (audience === issuer)
      return isOurs ? { audience, api: undefined, names: {}, key: keys.active, isOurs } : undefined
    const api = client.apis.some((allowed) => allowed.audience === audience) ? await apis.find(audience) : undefined
    return api && { audience, api: api.id, names: api.claimNames, key: keyOf(api, keys), isOurs }
  }

function keyOf({ id, ownKeys }: Api, keys: KeySnapshot): SigningMaterial {
  if (!ownKeys) return keys.active
  const own = keys.apis.get(apiId.toUuid(id))
  if (!own) throw new AppError('unavailable', { detail: 'The keys of this API are not there yet.', retryAfter: 5 })
  return own.active
}
