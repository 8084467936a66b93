import type { Place } from '../../keyring/seal/sealed.ts'
import type { Secret } from '../../lib/secret.ts'

/** The instance's sealer, or what of it is needed. */
export interface ResponseSealer {
  seal(place: Place, plaintext: Uint8Array): Buffer
  open(place: Place, sealed: Uint8Array): Promise<Secret<Buffer>>
}

const placeOf = (row: string): Place => ({ table: 'webhook_attempts', column: 'response', row })

/** Nobody knows what strangers write into it. */
export const sealResponse = (sealer: Pick<ResponseSealer, 'seal'>, row: string, response: Buffer): Buffer | null =>
  response.length === 0 ? null : sealer.seal(placeOf(row), response)

/** As text, whatever it was: what is no text is shown as such, and nothing in it moves a terminal's cursor. */
export async function openResponse(
  sealer: Pick<ResponseSealer, 'open'>,
  row: string,
  sealed: Buffer | null,
): Promise<string | null> {
  return sealed && (await sealer.open(placeOf(row), sealed)).reveal().toString('utf8')
}
