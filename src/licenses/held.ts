import type { Db } from '../db/types.ts'
import { AppError } from '../errors/app-error.ts'
import type { RevokedLicenses } from './license/revocations.ts'
import { openRevocations, revokedIn } from './license/revocations.ts'
import type { Place, Seals } from './ports.ts'
import { type Row, type Rows, readRows } from './store.ts'
import { type SeenTime, seenTime } from './time.ts'
import { type PinnedKeys, readVendorKeys } from './vendor-keys.ts'

/** What was read and opened, and has not been judged. */
export interface Held {
  readonly rows: Rows
  readonly pinned: PinnedKeys
  readonly text: string | undefined
  readonly revoked: RevokedLicenses | undefined
  readonly seen: SeenTime | undefined
  /** A seal that does not open: nothing of it is believed, and nothing else breaks by it. */
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
  const list = await opened('licenses', rows.revocations)
  const clock = await opened('license_clock', rows.clock)
  const read = list === undefined ? undefined : openRevocations(list, pinned.keys)
  return {
    rows,
    pinned,
    text,
    revoked: read?.ok ? revokedIn(read.value) : undefined,
    seen: clock === undefined ? undefined : seenTime.parse(JSON.parse(clock)),
    damaged,
  }
}
