import { enterOrganisation, inCredential } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { defineId } from '../lib/ids.ts'
import { type EndDeps, endKey } from './end.ts'
import type { Acting, Owners, Places, Seat, TellKeepers, TellOwner } from './ports.ts'
import { type KeySecrets, looksLikeKey } from './secret.ts'
import { findBySecret } from './store.ts'

const userId = defineId('usr')

export interface Leak {
  readonly key: string
  /** Where it was found, as whoever reports it says. */
  readonly url?: string | undefined
}

interface LeakDeps<By, S extends Seat> extends EndDeps<By> {
  readonly db: Db
  readonly secrets: KeySecrets
  readonly owners: Pick<Owners, 'person'>
  readonly places: Pick<Places<S>, 'of'>
  readonly tell: TellOwner<By>
  readonly tellKeepers: TellKeepers
}

/**
 * Whoever can show a key can do worse with it than to end it: possession is all the proof that is asked for. What is none
 * of ours is passed over without a word.
 */
export function reportingLeaks<By extends Acting, S extends Seat>(deps: LeakDeps<By, S>) {
  const { db, secrets, owners, places, tell, tellKeepers } = deps
  const end = endKey(deps)
  return async (by: By, { key: shown, url }: Leak): Promise<boolean> => {
    if (!looksLikeKey(shown)) return false
    const hash = secrets.hashOf(shown)
    return inCredential(db, hash, async (tx) => {
      const key = await findBySecret(tx, hash)
      if (!key) return false
      const scoped = await enterOrganisation(tx, key.organisation)
      const found = tidyUrl(url)
      if (!(await end(scoped, by, key, 'leaked', found === undefined ? {} : { url: found }))) return false
      const { owner, name, hint } = key
      if (!userId.is(owner)) {
        await tellKeepers(scoped, { what: 'leaked', key, account: owner })
        return true
      }
      const user = await owners.person(tx, owner)
      const seat = (await places.of(tx, key.organisation, owner))?.seat
      const organisation = seat?.organisation.name ?? key.organisation
      if (user) await tell(tx, by, { user, what: 'api-key-leaked', key: { key: name, hint, organisation } })
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
