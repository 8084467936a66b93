import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** After it the file has its new name, whatever happens to the power. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncDirectory(dirname(to))
}

/** A new name survives a power cut only once its directory is synced; Windows has no such call and refuses it. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
