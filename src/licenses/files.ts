import { randomBytes } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../errors/app-error.ts'
import { createDurably } from '../keyring/master/durable-file.ts'
import { errorCode } from '../lib/error-code.ts'
import { renameDurably, syncDirectory } from '../lib/rename-durably.ts'

const inaccessible = (path: string, cause: unknown): AppError =>
  new AppError('license-file-inaccessible', { detail: `${path}: ${errorCode(cause) ?? 'unknown reason'}`, cause })

async function accessing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof AppError ? error : inaccessible(path, error)
  }
}

/** One byte more than `most` at the most: whoever is handed a text that is too long sees that it is, and no more of it. */
export const readBounded = (path: string, most: number): Promise<string> =>
  accessing(path, async () => {
    const file = await open(path, 'r')
    try {
      const buffer = Buffer.alloc(most + 1)
      let length = 0
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length, null)
        length += bytesRead
        if (bytesRead === 0 || length === buffer.length) return buffer.toString('utf8', 0, length)
      }
    } finally {
      await file.close()
    }
  })

/** There whole or not at all, for its owner alone, and never in the place of another. */
export const writeNew = (path: string, text: string): Promise<void> =>
  accessing(path, async () => {
    if (!(await createDurably(path, text))) throw taken(path)
  })

const taken = (path: string): AppError => new AppError('license-file-exists', { detail: `${path} is there.` })

/** Asked before work that would be in vain; `writeNew` is who decides. */
export async function refuseTaken(path: string): Promise<void> {
  if (await stat(path).catch(() => undefined)) throw taken(path)
}

/** For what can be made anew at any time. */
export const replaceWith = (path: string, text: string): Promise<void> =>
  accessing(path, async () => {
    const draft = `${path}.${randomBytes(6).toString('hex')}.new`
    await writeNew(draft, text)
    await renameDurably(draft, path)
  })

const NEWLINE = 0x0a

/** On the disk when it returns. A line that a power cut left unfinished stays what it is; this one begins on its own. */
export const appendLine = (path: string, line: string): Promise<void> =>
  accessing(path, async () => {
    const file = await open(path, 'a+', 0o600)
    try {
      const { size } = await file.stat()
      const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1))
      const isTorn = bytesRead === 1 && buffer[0] !== NEWLINE
      await file.writeFile(`${isTorn ? '\n' : ''}${line}\n`)
      await file.sync()
      if (size === 0) await syncDirectory(dirname(path))
    } finally {
      await file.close()
    }
  })
