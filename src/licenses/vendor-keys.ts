import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../lib/error-code.ts'
import { fail, type Result } from '../lib/result.ts'
import { readBounded } from './files.ts'
import { type KeyFault, keysFromJwks, keysFromPem, type TrustedKeys, trusting, type VendorKey } from './license/keys.ts'

export interface PinnedKeys {
  readonly keys: TrustedKeys
  /** Files that hold no key that can be used; the others are used all the same. */
  readonly problems: readonly { readonly file: string; readonly fault: KeyFault | 'unreadable' }[]
}

const MOST_BYTES = 64 * 1024

/**
 * The keys that the operator was given and put here: a file, or every .pem and .json of a folder. They are fetched from
 * nowhere: whoever can answer for an address could sign licences then, and an instance without a network had none.
 */
export async function readVendorKeys(path: string): Promise<PinnedKeys> {
  const files = await filesAt(path)
  const read = await Promise.all(files.map(async (file) => ({ file, keys: await keysIn(file) })))
  return {
    keys: trusting(read.flatMap(({ keys }) => (keys.ok ? keys.value : []))),
    problems: read.flatMap(({ file, keys }) => (keys.ok ? [] : [{ file, fault: keys.error }])),
  }
}

async function filesAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = (await readdir(path)).filter((name) => /\.(pem|json)$/.test(name))
    return names.sort().map((name) => join(path, name))
  } catch (error) {
    // What may not be looked into is named as one of the problems: it stops no start.
    return errorCode(error) === 'ENOENT' ? [] : [path]
  }
}

async function keysIn(file: string): Promise<Result<readonly VendorKey[], KeyFault | 'unreadable'>> {
  const text = await readBounded(file, MOST_BYTES).catch(() => undefined)
  if (text === undefined) return fail('unreadable')
  if (text.length > MOST_BYTES) return fail('not-a-key')
  return text.trimStart().startsWith('{') ? keysFromJwks(text) : keysFromPem(text)
}
