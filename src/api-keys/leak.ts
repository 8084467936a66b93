import { enterOrganisation, inCredential } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { defineId } from '../lib/ids.ts'
import { type EndDeps, endKey } from './end.ts'
import type { Acting, Owners, TellOwner } from './ports.ts'
import { type KeySecrets, looksLikeKey } from './secret.ts'
import { findBySecret } from './store.ts'

const userId = defineId('usr')

export interface Leak {
  readonly key: string
  /** Where it was found, as whoever reports it says. */
  readonly url?: string | undefined
}

interface LeakDeps<By> extends EndDeps<By> {
  readonly db: Db
  readonly secrets: KeySecrets
  readonly owners: Pick<Owners, 'person'>
  readonly tell: TellOwner<By>
}

/**
 * Whoever can show a key can do worse with it than to end it: possession is all the proof that is asked for. What is none
 * of ours is passed over without a word.
 */
export function reportingLeaks<By extends Acting>(deps: LeakDeps<By>) {
  const { db, secrets, owners, tell } = deps
  const end = endKey(deps)
  return async (by: By, { key: shown, url }: Leak): Promise<boolean> => {
    if (!looksLikeKey(shown)) return false
    const hash = secrets.hashOf(shown)
    return inCredential(db, hash, async (tx) => {
      const key = await findBySecret(tx, hash)
      if (!key) return false
      const scoped = await enterOrganisation(tx, key.organisation)
      const place = tidyUrl(url)
      if (!(await end(scoped, by, key, 'leaked', place === undefined ? {} : { url: place }))) return false
      const user = userId.is(key.owner) ? await owners.person(tx, key.owner) : undefined
      if (user) await tell(tx, by, { user, what: 'api-key-leaked' })
      return true
    })
  }
}

const LONGEST = 500

/** What a stranger says: kept for whoever reads the log, in the one spelling of an address, or not at all. */
function tidyUrl(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined
  const { protocol, origin, pathname } = new URL(text)
  return protocol === 'https:' || protocol === 'http:' ? `${origin}${pathname}`.slice(0, LONGEST) : undefined
}
