import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { equalBytes } from '../../lib/hash.ts'
import { renameDurably } from '../../lib/rename-durably.ts'
import { accessing, checksModes, exposed } from './access.ts'
import { createDurably, isMissing, removeDrafts } from './durable-file.ts'
import { prepareDirectory, refusePlanted } from './keys-directory.ts'
import { localMasterKey, type MasterKey, type MasterKeyId } from './master-key.ts'
import { masterText, parseMasterText } from './master-text.ts'

const LONGEST = 4096

export const masterPath = (keysDir: string) => join(keysDir, 'master.key')
export const nextMasterPath = (keysDir: string) => join(keysDir, 'master.key.next')
export const retiredMasterPath = (keysDir: string, id: MasterKeyId) => join(keysDir, `master.key.${id}.retired`)

/** `undefined` when there is no such file. A file that others can read, or a damaged one, stops here. */
export async function readMasterFile(path: string): Promise<MasterKey | undefined> {
  const root = await readRoot(path)
  return root && localMasterKey(root)
}

/** Creates the file with this key unless one is there already, which then is the answer: two starts agree on one key. */
export async function createMasterFile(path: string, root: Buffer): Promise<MasterKey> {
  await prepareDirectory(dirname(path))
  const created = await accessing(path, () => createDurably(path, `${masterText(root)}\n`))
  root.fill(0)
  if (!created) await refusePlanted(path)
  const master = await readMasterFile(path)
  if (!master) throw new AppError('master-key-inaccessible', { detail: `${path} vanished while it was being created.` })
  return master
}

/** The old master's only copy gets its retired name before the new one takes its place; a crash between the two is finished at the next start. */
export async function promoteNextMaster(keysDir: string): Promise<void> {
  const path = masterPath(keysDir)
  const old = await readRoot(path)
  if (old) await keepRetired(keysDir, old)
  await accessing(path, () => renameDurably(nextMasterPath(keysDir), path))
  await accessing(keysDir, () => removeDrafts(keysDir))
}

async function keepRetired(keysDir: string, old: Buffer): Promise<void> {
  const path = retiredMasterPath(keysDir, localMasterKey(Buffer.from(old)).id)
  await accessing(path, () => createDurably(path, `${masterText(old)}\n`))
  const kept = await readRoot(path)
  const same = kept !== undefined && equalBytes(kept, old)
  kept?.fill(0)
  old.fill(0)
  if (!same) throw new AppError('master-key-corrupt', { detail: `${path} is not the key that its name says.` })
}

async function readRoot(path: string): Promise<Buffer | undefined> {
  const text = await accessing(path, () => readPrivate(path))
  if (text === undefined) return undefined
  const root = parseMasterText(text)
  if (root) return root
  throw new AppError('master-key-corrupt', {
    detail: `${path} holds ${text.trim().length} characters that are not a whole master key.`,
  })
}

async function readPrivate(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (!file) return undefined
  try {
    const found = await file.stat()
    const { mode, size } = found
    // What Docker makes of a bind mount whose source is missing.
    if (!found.isFile())
      throw new AppError('master-key-inaccessible', { detail: `${path} is a folder, or no file at all.` })
    if (checksModes && mode & 0o077) throw exposed(path, mode, `chmod 600 ${path}`)
    if (size > LONGEST) return ''
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
