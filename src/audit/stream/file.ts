import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import type { Mark, StreamTarget } from './target.ts'

const OWNER_ALONE = 0o600
/** Through no symbolic link: who can put one there would choose where the names of people go. */
const APPENDED = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW

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
    }
    if (!whole) await endTornLine(handle, path)
    return handle
  }

  return {
    name: 'file',
    write: async (lines, mark) => {
      const file = await opened()
      whole = false
      await file.appendFile(lines.map(({ json }) => `${json}\n`).join(''))
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

const NEWLINE = 0x0a

/** Whoever was killed in the middle of a line, or a full disk, leaves half of it; it is written again, on a line of its own. */
async function endTornLine(file: FileHandle, path: string): Promise<void> {
  const { size } = await file.stat()
  if (size === 0) return
  await using reading = await open(path, 'r')
  const { buffer } = await reading.read(Buffer.alloc(1), 0, 1, size - 1)
  if (buffer[0] !== NEWLINE) await file.appendFile('\n')
}
