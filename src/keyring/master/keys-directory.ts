import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { accessing, checksModes, exposed } from './access.ts'
import { isMissing } from './durable-file.ts'

/**
 * Whoever may write here could plant a key of their own before the first start, or take ours away. A checkout under
 * umask 002 is mended; a shared directory (`/tmp`) is refused: its mode is not ours to change.
 */
export async function prepareDirectory(path: string): Promise<void> {
  await accessing(path, () => mkdir(path, { recursive: true, mode: 0o700 }))
  const { mode, uid } = await accessing(path, () => stat(path))
  if (!checksModes || !(mode & 0o022)) return
  if (uid !== process.getuid?.() || mode & 0o1000) throw exposed(path, mode, `chmod 700 ${path}`)
  await accessing(path, () => chmod(path, mode & 0o755))
}

/**
 * A key that no database vouches for yet is believed only from a hand that we trust: otherwise somebody who could write
 * to the directory before the first start would know the root of everything. Asked after `prepareDirectory`, so nobody
 * can exchange the file between this look and the reading.
 */
export async function refusePlanted(path: string): Promise<void> {
  const me = process.getuid?.()
  if (!checksModes || me === undefined) return
  const file = await ownerOf(path)
  if (file === undefined) return
  const directory = await ownerOf(dirname(path))
  if (isOurs({ me, file, directory })) return
  throw new AppError('master-key-exposed', {
    detail: `${path} belongs to the user ${file} and not to ${me}, who starts: somebody else may have put it there, and knows it.`,
    cure: `If you put it there yourself, run: chown ${me} ${path}. If not, remove it: a new one is made then.`,
  })
}

interface Owners {
  readonly me: number
  readonly file: number
  readonly directory: number | undefined
}

/** Root, who can read every file, may act for the user whose directory this is, and for nobody else. */
export const isOurs = ({ me, file, directory }: Owners): boolean => file === me || (me === 0 && file === directory)

const ownerOf = (path: string): Promise<number | undefined> =>
  accessing(path, async () => {
    try {
      return (await stat(path)).uid
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  })
