import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'

const NEWLINE = 0x0a

/** Whoever was killed in the middle of a line, or a full disk, leaves half of it: what follows begins on a line of its own. */
export async function endTornLine(file: FileHandle, path: string): Promise<void> {
  const { size } = await file.stat()
  if (size === 0) return
  await using reading = await open(path, 'r')
  const { buffer } = await reading.read(Buffer.alloc(1), 0, 1, size - 1)
  if (buffer[0] !== NEWLINE) await file.appendFile('\n')
}
