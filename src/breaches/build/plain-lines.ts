import { isUtf8 } from 'node:buffer'
import { hash } from 'node:crypto'
import { keyOf } from '../password-key.ts'
import type { LineParser, ParserOptions } from './line-parser.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d

/** One password a line, as it is typed. What is plain ASCII is the same composed, and is hashed where it stands. */
export function plainLines({ onBadLine }: ParserOptions): LineParser {
  let line = 0
  return {
    lines: () => line,
    parse(block, keys) {
      let taken = 0
      for (let at = 0; at < block.length; ) {
        line++
        const newline = block.indexOf(NEWLINE, at)
        const next = newline === -1 ? block.length : newline + 1
        let end = newline === -1 ? block.length : newline
        if (end > at && block[end - 1] === RETURN) end--
        const password = block.subarray(at, end)
        at = next
        if (password.length === 0) continue
        if (isUtf8(password)) keys[taken++] = keyOf(hash('sha1', composed(password), 'buffer'))
        else onBadLine(line, 'is not UTF-8, so nobody could type it here')
      }
      return taken
    },
  }
}

const composed = (password: Buffer): Buffer | string =>
  password.every((byte) => byte < 0x80) ? password : password.toString('utf8').normalize('NFC')
