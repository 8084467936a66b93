import { toBase64url } from '../../lib/base64url.ts'
import { modelOf } from './models.ts'
import type { Passkey } from './passkey.ts'
import type { PersonSealer } from './ports.ts'
import { type PasskeyRow, placeOfName } from './store.ts'

export const shownAs = (row: PasskeyRow, name: string): Passkey => ({
  id: row.id,
  credentialId: toBase64url(row.credentialId),
  name,
  model: modelOf(row.aaguid),
  synced: row.backedUp,
  mayBeSynced: row.backupEligible,
  createdAt: row.createdAt,
  lastUsedAt: row.lastUsedAt,
})

export async function opened(row: PasskeyRow, sealer: PersonSealer): Promise<Passkey> {
  const name = await sealer.openText(placeOfName(row.id), row.name)
  return shownAs(row, name.reveal())
}
