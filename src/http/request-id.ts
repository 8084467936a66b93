import { randomFillSync } from 'node:crypto'
import { toBase64url } from '../lib/base64url.ts'

const SIZE = 16
const pool = Buffer.alloc(SIZE * 256)
let offset = pool.length

/** 128 random bits, drawn from the system 256 ids at a time: one call to the generator per request is what costs. */
export function newRequestId(): string {
  if (offset === pool.length) {
    randomFillSync(pool)
    offset = 0
  }
  offset += SIZE
  return toBase64url(pool.subarray(offset - SIZE, offset))
}

const harmless = /^[\w.-]{8,64}$/

/** An id that a trusted proxy gave is kept, so that one id joins its log to ours; in a log line it must stay one word. */
export const isHarmlessRequestId = (text: string | undefined): text is string =>
  text !== undefined && harmless.test(text)
