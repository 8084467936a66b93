import { randomBytes } from 'node:crypto'
import { link, open, readdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode } from '../../lib/error-code.ts'
import { syncDirectory } from '../../lib/rename-durably.ts'

export const isMissing = (error: unknown): boolean => errorCode(error) === 'ENOENT'

/**
 * Writes a file that either is there whole or is not there, and never replaces one: the bytes are on the disk before
 * the name exists, and `link` refuses a name that is taken. Answers false when it was.
 */
export async function createDurably(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  await writeSynced(draft, text)
  try {
    await link(draft, path)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    if (!withoutLinks.has(errorCode(error) ?? '')) throw error
    return await createInPlace(path, text)
  } finally {
    await unlink(draft)
  }
  await syncDirectory(dirname(path))
  return true
}

/** A crash leaves a draft behind, and a draft of a key is one copy more than anybody knows of. For when nobody else writes here. */
export async function removeDrafts(directory: string): Promise<void> {
  const drafts = (await readdir(directory)).filter((name) => /^master\.key.*\.[0-9a-f]{12}\.tmp$/.test(name))
  for (const draft of drafts) await unlink(join(directory, draft))
}

/** File systems that know no hard links (exFAT, some shared folders). */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/** Still exclusive, but a crash in the middle leaves a short file: the check in the text finds it. */
async function createInPlace(path: string, text: string): Promise<boolean> {
  try {
    await writeSynced(path, text)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
  await syncDirectory(dirname(path))
  return true
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
