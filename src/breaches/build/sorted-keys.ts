import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { KEY_BITS } from '../password-key.ts'

/**
 * Sorts more keys than fit into memory: they are dealt out to files by their first bits, and each file is sorted alone.
 * Holds 64 KB for each file while it collects, and the largest of them when it gives back: 8 bytes for each of its keys.
 */
export interface SortedKeys {
  add(keys: Float64Array): Promise<void>
  readonly size: () => number
  /** Batches, ascending from one to the next. Once. */
  batches(): AsyncGenerator<Float64Array>
  close(): Promise<void>
}

const BUFFERED_KEYS = 8192
/** 32 MB of keys: 256 files of them are a billion. */
const WANTED_KEYS = 4 * 1024 * 1024
const MOST_FILES_BITS = 8
/** Half a gigabyte: what needs more is no list of hashes, which are spread evenly. */
const MOST_KEYS = 64 * 1024 * 1024

interface Part {
  readonly file: FileHandle
  readonly path: string
  readonly buffer: Float64Array
  buffered: number
  written: number
}

/** `expected` decides how many files there are, and nothing else. */
export async function sortedKeys(directory: string, expected: number): Promise<SortedKeys> {
  const bits = Math.min(MOST_FILES_BITS, Math.max(0, Math.ceil(Math.log2(expected / WANTED_KEYS))))
  const span = 2 ** (KEY_BITS - bits)
  const parts: Part[] = []
  const close = async () => {
    for (const { file } of parts.splice(0)) await file.close()
  }
  try {
    for (let number = 0; number < 2 ** bits; number++) {
      const path = join(directory, `part-${number}`)
      const file = await open(path, 'wx+', 0o600)
      parts.push({ file, path, buffer: new Float64Array(BUFFERED_KEYS), buffered: 0, written: 0 })
    }
  } catch (error) {
    await close()
    throw error
  }
  let size = 0
  return {
    size: () => size,
    close,
    async add(keys) {
      size += keys.length
      for (const key of keys) {
        const part = parts[Math.floor(key / span)]
        if (!part) throw new Error('a key has more bits than it should')
        part.buffer[part.buffered++] = key
        if (part.buffered === BUFFERED_KEYS) await flush(part)
      }
    },
    async *batches() {
      for (const part of parts) {
        await flush(part)
        yield await sorted(part)
        await rm(part.path, { force: true })
      }
    },
  }
}

const bytesOf = (keys: Float64Array) => new Uint8Array(keys.buffer, keys.byteOffset, keys.byteLength)

async function flush(part: Part): Promise<void> {
  const bytes = bytesOf(part.buffer.subarray(0, part.buffered))
  for (let done = 0; done < bytes.length; ) {
    const at = part.written * Float64Array.BYTES_PER_ELEMENT + done
    done += (await part.file.write(bytes, done, bytes.length - done, at)).bytesWritten
  }
  part.written += part.buffered
  part.buffered = 0
}

async function sorted({ file, written }: Part): Promise<Float64Array> {
  if (written > MOST_KEYS)
    throw new AppError('breach-list-source-invalid', {
      detail: `${written} hashes begin with the same bits: this is a piece of a list, or no list of hashes.`,
    })
  const keys = new Float64Array(written)
  const bytes = bytesOf(keys)
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled)
    if (bytesRead === 0) throw new Error('a temporary file lost what was written to it')
    filled += bytesRead
  }
  return keys.sort()
}
