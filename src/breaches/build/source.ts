import { type FileHandle, open } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'

/** A list as it lies on the disk, read from front to end with one buffer. */
export interface Source {
  readonly size: number
  /** Bytes of the file that were read so far: for the progress, and for a guess at how much is to come. */
  readonly position: () => number
  /** Whole lines, a few megabytes at a time; the last may have no end. A block is overwritten by the next one. */
  blocks(): AsyncGenerator<Buffer>
  close(): Promise<void>
}

const BLOCK_BYTES = 4 * 1024 * 1024
/** Of one block: a line that counts has a character and an end. */
export const MOST_LINES = BLOCK_BYTES / 2
const GZIP = Buffer.from([0x1f, 0x8b])
const NEWLINE = 0x0a

const unreadable = (path: string, why: string, cause?: unknown) =>
  new AppError('breach-list-source-invalid', { detail: `The file ${path} ${why}.`, cause })

export async function openSource(path: string): Promise<Source> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, `cannot be opened (${errorCode(error) ?? 'unknown reason'})`, error)
  })
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw unreadable(path, 'is no regular file: its size must be known, and it may be read twice')
    const start = Buffer.alloc(GZIP.length)
    await file.read(start, 0, start.length, 0)
    return sourceOf(file, path, stats.size, start.equals(GZIP))
  } catch (error) {
    await file.close()
    throw error
  }
}

function sourceOf(file: FileHandle, path: string, size: number, compressed: boolean): Source {
  let position = 0

  async function* packed(): AsyncGenerator<Buffer> {
    const piece = Buffer.allocUnsafe(256 * 1024)
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length, position)
      if (bytesRead === 0) return
      position += bytesRead
      yield Buffer.from(piece.subarray(0, bytesRead))
    }
  }

  async function* unpacked(): AsyncGenerator<Buffer> {
    // Whichever end fails or is left takes the other with it; what went wrong is told to whoever reads.
    const gunzip = pipeline(Readable.from(packed(), { objectMode: false }), createGunzip(), () => undefined)
    try {
      for await (const chunk of gunzip) if (Buffer.isBuffer(chunk)) yield chunk
    } catch (error) {
      throw unreadable(path, 'cannot be unpacked: it is damaged or not whole', error)
    }
  }

  /** Answers how many bytes came; 0 at the end. */
  function reader(): (into: Buffer, at: number) => Promise<number> {
    position = 0
    if (!compressed)
      return async (into, at) => {
        const { bytesRead } = await file.read(into, at, into.length - at, position)
        position += bytesRead
        return bytesRead
      }
    const pieces = unpacked()
    let rest = Buffer.alloc(0)
    return async (into, at) => {
      if (rest.length === 0) {
        const next = await pieces.next()
        if (next.done) return 0
        rest = Buffer.from(next.value)
      }
      const taken = rest.copy(into, at)
      rest = rest.subarray(taken)
      return taken
    }
  }

  return {
    size,
    position: () => position,
    async *blocks() {
      const read = reader()
      const buffer = Buffer.allocUnsafe(BLOCK_BYTES)
      let filled = 0
      for (;;) {
        const count = await read(buffer, filled)
        filled += count
        if (count > 0 && filled < buffer.length) continue
        const end = count === 0 ? filled : buffer.subarray(0, filled).lastIndexOf(NEWLINE) + 1
        if (end > 0) yield buffer.subarray(0, end)
        if (count === 0) return
        if (end === 0) throw unreadable(path, 'has a line of more than 4 MB: it is no list')
        buffer.copyWithin(0, end, filled)
        filled -= end
      }
    },
    close: () => file.close(),
  }
}
