import { AppError } from '../../errors/app-error.ts'
import type { Log } from '../../lib/log.ts'
import type { Secret } from '../../lib/secret.ts'
import { randomKey } from '../seal/aead.ts'
import { prepareDirectory, refusePlanted } from './keys-directory.ts'
import {
  createMasterFile,
  masterPath,
  nextMasterPath,
  promoteNextMaster,
  readMasterFile,
  retiredMasterPath,
} from './master-file.ts'
import { localMasterKey, type MasterKey, type MasterKeyId } from './master-key.ts'
import { parseBareKey, parseMasterText } from './master-text.ts'

/** From the configuration: the directory, or the key itself from `MASTER_KEY`. */
export interface MasterKeySettings {
  readonly keysDir: string
  readonly masterKey?: Secret<string> | undefined
}

/**
 * The master that the database was wrapped by. Called under the keyring's lock, which guards the files too: `expected`
 * is what the database says at this moment, `undefined` while it holds no key yet.
 */
export async function resolveMaster(
  settings: MasterKeySettings,
  expected: MasterKeyId | undefined,
  log: Log,
): Promise<MasterKey> {
  if (settings.masterKey) return fromEnvironment(settings.masterKey, expected)
  const { keysDir } = settings
  if (expected === undefined) return firstMaster(keysDir, log)
  const current = await readMasterFile(masterPath(keysDir))
  if (current?.id === expected) return current
  const next = await readMasterFile(nextMasterPath(keysDir))
  if (next?.id === expected) {
    await promoteNextMaster(keysDir)
    log.info({ masterKey: next.id }, 'the change of the master key was interrupted; it has been finished')
    return next
  }
  const cure = await whereItMayBe(keysDir, expected)
  if (current) throw wrongMaster(`${masterPath(keysDir)} holds ${current.id}`, expected, cure)
  throw new AppError('master-key-missing', {
    detail: `The database was wrapped by ${expected}, and there is no ${masterPath(keysDir)}. No new key was made: it could open nothing.`,
    ...(cure && { cure }),
  })
}

/** For a process that runs while the master is changed by another: looks, and moves nothing. */
export async function findMaster(settings: MasterKeySettings, id: MasterKeyId): Promise<MasterKey | undefined> {
  if (settings.masterKey) {
    const master = parseMasterKey(settings.masterKey)
    return master.id === id ? master : undefined
  }
  for (const path of [masterPath(settings.keysDir), nextMasterPath(settings.keysDir)]) {
    const master = await readMasterFile(path)
    if (master?.id === id) return master
  }
  return undefined
}

function parseMasterKey(text: Secret<string>): MasterKey {
  const root = parseMasterText(text.reveal()) ?? parseBareKey(text.reveal())
  if (root) return localMasterKey(root)
  throw new AppError('master-key-invalid')
}

function fromEnvironment(text: Secret<string>, expected: MasterKeyId | undefined): MasterKey {
  const master = parseMasterKey(text)
  if (expected !== undefined && master.id !== expected) throw wrongMaster(`MASTER_KEY is ${master.id}`, expected)
  return master
}

async function firstMaster(keysDir: string, log: Log): Promise<MasterKey> {
  const path = masterPath(keysDir)
  await prepareDirectory(keysDir)
  await refusePlanted(path)
  const current = await readMasterFile(path)
  if (!current) return createFirst(path, log)
  // A disk that was not mounted looks like this: an empty instance would open the set-up to strangers.
  log.warn(
    { masterKey: current.id },
    'The database is new although a master key exists. If you expected your data, stop now and check DATA_DIR or DATABASE_URL.',
  )
  return current
}

async function createFirst(path: string, log: Log): Promise<MasterKey> {
  const master = await createMasterFile(path, randomKey())
  log.warn(
    { masterKey: master.id, path },
    `A master key was created: ${path}. Back it up now, apart from the database: without it nobody can read what the database has sealed, and no backup of the database alone can be restored.`,
  )
  return master
}

/** After the restore of an older backup the key that fits is often still beside the new one, under its retired name. */
async function whereItMayBe(keysDir: string, expected: MasterKeyId): Promise<string | undefined> {
  const retired = retiredMasterPath(keysDir, expected)
  const found = await readMasterFile(retired).catch(() => undefined)
  if (found?.id !== expected) return undefined
  return `The key that fits is ${retired}. If an older backup was restored on purpose: keep ${masterPath(keysDir)} under another name and move the retired file into its place.`
}

export const wrongMaster = (found: string, expected: MasterKeyId, cure?: string): AppError =>
  new AppError('master-key-wrong', {
    detail: `The database was wrapped by ${expected}, but ${found}. Nothing was changed.`,
    ...(cure && { cure }),
  })
