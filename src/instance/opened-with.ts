import { AppError } from '../errors/app-error.ts'
import type { Place } from '../keyring/seal/sealed.ts'
import type { Sealer } from '../keyring/seal/sealer.ts'
import { fail, ok, type Result } from '../lib/result.ts'

/** For whoever goes on without it: one row that somebody has changed must not stop the reader of all the others. */
export async function openedWith(sealer: Sealer, place: Place, sealed: Uint8Array): Promise<Result<string, 'broken'>> {
  try {
    return ok((await sealer.openText(place, sealed)).reveal())
  } catch (error) {
    if (error instanceof AppError && error.code === 'seal-broken') return fail('broken')
    throw error
  }
}
