import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { getSystemErrorMessage } from 'node:util'
import { fail, ok, type Result } from '../lib/result.ts'

/** The error is a reason that completes "cannot be read: …". Never reads past the limit: the path may be /dev/zero. */
export function readText(path: string, limit: number): Result<string, string> {
  try {
    const descriptor = openSync(path, 'r')
    try {
      if (fstatSync(descriptor).isDirectory()) return fail('it is a directory')
      const bytes = readUpTo(descriptor, limit + 1)
      if (bytes.length > limit) return fail(`it is larger than ${limit / 1024} kB`)
      return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    return fail(reasonOf(error))
  }
}

function readUpTo(descriptor: number, limit: number): Uint8Array {
  const buffer = Buffer.alloc(limit)
  let filled = 0
  while (filled < limit) {
    const count = readSync(descriptor, buffer, filled, limit - filled, null)
    if (count === 0) break
    filled += count
  }
  return buffer.subarray(0, filled)
}

function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return 'it is not UTF-8 text'
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') {
    return getSystemErrorMessage(error.errno)
  }
  return 'it cannot be opened'
}

/** A path is named in a message, unless it looks more like the secret that was meant to stand in the file. */
export const quotedPath = (path: string): string =>
  /^(\.{0,2}[\\/]|[A-Za-z]:[\\/])[\w\-./\\ ]*$/.test(path) ? path : 'a name that is not shown here'
