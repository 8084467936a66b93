import { chmod, mkdir, open, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'
import { equalBytes } from '../../lib/hash.ts'
import { createDurably, isMissing, removeDrafts, renameDurably } from './durable-file.ts'
import { localMasterKey, type MasterKey, type MasterKeyId } from './master-key.ts'
import { masterText, parseMasterText } from './master-text.ts'

const LONGEST = 4096
const checksModes = process.platform !== 'win32'

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
  await accessing(path, () => createDurably(path, `${masterText(root)}\n`))
  root.fill(0)
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
    const { mode, size } = await file.stat()
    if (checksModes && mode & 0o077) throw exposed(path, mode, `chmod 600 ${path}`)
    if (size > LONGEST) return ''
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/**
 * Whoever may write here could plant a key of their own before the first start, or take ours away. A checkout under
 * umask 002 is mended; a shared directory (`/tmp`) is refused: its mode is not ours to change.
 */
async function prepareDirectory(path: string): Promise<void> {
  await accessing(path, () => mkdir(path, { recursive: true, mode: 0o700 }))
  const { mode, uid } = await stat(path)
  if (!checksModes || !(mode & 0o022)) return
  if (uid !== process.getuid?.() || mode & 0o1000) throw exposed(path, mode, `chmod 700 ${path}`)
  await accessing(path, () => chmod(path, mode & 0o755))
}

const exposed = (path: string, mode: number, command: string) =>
  new AppError('master-key-exposed', {
    detail: `${path} has mode ${(mode & 0o777).toString(8)}: others on this machine can get at it.`,
    cure: `Run: ${command}. If somebody else may have read it, rotate it then: hearthkey key rotate-master`,
  })

async function accessing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) throw error
    const reason = errorCode(error) ?? 'unknown reason'
    throw new AppError('master-key-inaccessible', { detail: `${path}: ${reason}`, cause: error })
  }
}
