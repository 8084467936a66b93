import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from '../../lib/rename-durably.ts'
import { endTornLine } from '../../lib/torn-line.ts'
import { inPieces } from './pieces.ts'
import type { Mark, StreamTarget } from './target.ts'

const OWNER_ALONE = 0o600
/** Through no symbolic link: who can put one there would choose where the names of people go. Nobody waits at a pipe. */
const APPENDED =
  constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Lines appended to a file, on the disk before they count. Whether it still is the file of that name is looked up each time:
 * whoever rotates logs moves it away, and need not tell us.
 */
export function fileTarget(path: string): StreamTarget {
  let handle: FileHandle | undefined
  let written: Mark | undefined
  /** False from the moment when a write began until it is done: whatever broke it off may have left half a line. */
  let whole = false

  const opened = async (): Promise<FileHandle> => {
    if (!handle || !(await isStill(handle, path))) {
      await handle?.close()
      handle = undefined
      whole = false
      handle = await open(path, APPENDED, OWNER_ALONE)
      // A new name has to outlive the power as well as its lines do.
      if ((await handle.stat()).size === 0) await syncDirectory(dirname(path))
    }
    if (!whole) await endTornLine(handle, path)
    return handle
  }

  return {
    name: 'file',
    write: async (lines, mark) => {
      const file = await opened()
      whole = false
      for (const piece of inPieces(lines)) await file.appendFile(piece)
      await file.datasync()
      whole = true
      written = mark
    },
    settle: async () => written,
    reset: () => {
      written = undefined
    },
    close: async () => {
      await handle?.close()
      handle = undefined
    },
  }
}

async function isStill(handle: FileHandle, path: string): Promise<boolean> {
  const [ours, there] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)])
  return there !== undefined && ours.ino === there.ino && ours.dev === there.dev
}
