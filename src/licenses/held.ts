import type { Db } from '../db/types.ts'
import { AppError } from '../errors/app-error.ts'
import type { RevokedLicenses } from './license/revocations.ts'
import { readKeptRevocations, revokedIn } from './license/revocations.ts'
import type { Place, Seals } from './ports.ts'
import { type Row, type Rows, readRows } from './store.ts'
import { type SeenTime, seenTime } from './time.ts'
import { type PinnedKeys, readVendorKeys } from './vendor-keys.ts'

export interface KeptList extends RevokedLicenses {
  readonly text: string
}

/** What was read and opened, and has not been judged. */
export interface Held {
  readonly rows: Rows
  readonly pinned: PinnedKeys
  readonly text: string | undefined
  /** One of each vendor at the most. */
  readonly lists: readonly KeptList[]
  readonly seen: SeenTime | undefined
  /** A seal that does not open, or a licence without the time that was kept with it: nothing of it is believed, and nothing else breaks by it. */
  readonly damaged: boolean
}

export const placeOf = (table: Place['table'], id: string): Place => ({ table, column: 'sealed', row: id })

interface HeldDeps {
  readonly seals: Seals
  readonly keysPath: string
}

export async function readHeld(db: Db, { seals, keysPath }: HeldDeps): Promise<Held> {
  let damaged = false
  async function opened(table: Place['table'], row: Row | undefined): Promise<string | undefined> {
    if (!row) return undefined
    try {
      return (await seals.openText(placeOf(table, row.id), row.sealed)).reveal()
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'seal-broken') throw error
      damaged = true
      return undefined
    }
  }
  const [rows, pinned] = [await readRows(db), await readVendorKeys(keysPath)]
  const text = await opened('licenses', rows.license)
  const lists = await opened('licenses', rows.revocations)
  const clock = await opened('license_clock', rows.clock)
  return {
    rows,
    pinned,
    text,
    lists: keptLists(lists),
    seen: clock === undefined ? undefined : seenTime.parse(JSON.parse(clock)),
    damaged: damaged || (rows.license !== undefined && rows.clock === undefined),
  }
}

/** A signed text holds no line break: they stand one to a line. */
const keptLists = (texts = ''): KeptList[] =>
  texts.split('\n').flatMap((text): KeptList[] => {
    const read = readKeptRevocations(text)
    return read.ok ? [{ ...revokedIn(read.value), text }] : []
  })

/** When the latest list of this vendor was signed that was ever installed here. */
export const latestListOf = ({ seen }: Pick<Held, 'seen'>, vendor: string): number | undefined =>
  Object.entries(seen?.lists ?? {}).find(([iss]) => iss === vendor)?.[1]

/** A list of this vendor was here, and is gone: whoever took its row away wants something back that it revoked. */
export function lacksList(held: Pick<Held, 'seen' | 'lists'>, vendor: string): boolean {
  const latest = latestListOf(held, vendor)
  return latest !== undefined && !held.lists.some(({ iss, iat }) => iss === vendor && iat >= latest)
}
