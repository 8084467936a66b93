import { resolve } from 'node:path'
import { Secret } from '../../lib/secret.ts'
import { readBounded } from '../../licenses/files.ts'
import { openSigningKey, type SigningKey } from '../../licenses/issuing/private-key.ts'
import type { CliContext } from '../context.ts'
import { keyRefused } from './refusal.ts'

const MOST_BYTES = 64 * 1024

/** The file first: nobody types a passphrase for a file that is not there. */
export async function unlockedKey({ cwd, askSecret }: CliContext, file: string): Promise<SigningKey> {
  const path = resolve(cwd, file)
  const pem = new Secret(await readBounded(path, MOST_BYTES))
  const key = openSigningKey(pem, new Secret(await askSecret(`Passphrase of ${path}: `)))
  if (!key.ok) throw keyRefused(path, key.error)
  return key.value
}
