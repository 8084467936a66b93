import type { Key } from '../password-key.ts'
import type { LineParser, ParserOptions } from './line-parser.ts'

const DIGITS = 40
const KEY_HIGH_DIGITS = 8
/** 53 bits: 32 of the first eight digits, 21 of the next six. */
const KEY_LOW_END = 14
const KEY_LOW_SHIFT = 3
const KEY_LOW_SPAN = 2 ** 21

const [NEWLINE, RETURN, COLON, ZERO, NINE] = [0x0a, 0x0d, 0x3a, 0x30, 0x39]
const NO_DIGIT = 0xff
/** A count of more digits is none. */
const MOST_COUNT_DIGITS = 15

const digitOf = new Uint8Array(256).fill(NO_DIGIT)
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  digitOf[digit.charCodeAt(0)] = value
  digitOf[digit.toUpperCase().charCodeAt(0)] = value
}

/**
 * Lines of `HASH:COUNT`, or of a hash alone. There are more than a billion of them, so they are read as bytes, in place:
 * a string for each line would take longer than all the rest.
 */
export function hashLines({ minCount, onBadLine }: ParserOptions & { readonly minCount: number }): LineParser {
  let line = 0
  let at = 0

  /** Behind the line's end, or −1 where this is no line of hash and count. The key is left in `key`. */
  let key: Key = 0
  let count = 0
  function parseLine(block: Buffer): number {
    if (block.length - at < DIGITS) return -1
    let high = 0
    let low = 0
    let seen = 0
    let digit = at
    for (const end = at + KEY_HIGH_DIGITS; digit < end; digit++) {
      const value = digitOf[block[digit] ?? 0] ?? NO_DIGIT
      seen |= value
      high = high * 16 + value
    }
    for (const end = at + KEY_LOW_END; digit < end; digit++) {
      const value = digitOf[block[digit] ?? 0] ?? NO_DIGIT
      seen |= value
      low = low * 16 + value
    }
    for (const end = at + DIGITS; digit < end; digit++) seen |= digitOf[block[digit] ?? 0] ?? NO_DIGIT
    if (seen > 15) return -1
    key = high * KEY_LOW_SPAN + (low >>> KEY_LOW_SHIFT)
    return parseCount(block, digit)
  }

  function parseCount(block: Buffer, from: number): number {
    let next = from
    count = 1
    if (block[next] === COLON) {
      next++
      const start = next
      count = 0
      for (let code = block[next] ?? 0; code >= ZERO && code <= NINE; code = block[next] ?? 0) {
        count = count * 10 + code - ZERO
        next++
      }
      if (next === start || next - start > MOST_COUNT_DIGITS) return -1
    }
    if (block[next] === RETURN) next++
    if (next === block.length) return next
    return block[next] === NEWLINE ? next + 1 : -1
  }

  return {
    lines: () => line,
    parse(block, keys) {
      let taken = 0
      at = 0
      while (at < block.length) {
        line++
        const next = parseLine(block)
        if (next === -1) {
          const newline = block.indexOf(NEWLINE, at)
          const end = newline === -1 ? block.length : newline
          if (!isBlank(block, at, end)) onBadLine(line, whyNot(block, at, end))
          at = end + 1
        } else {
          if (count >= minCount) keys[taken++] = key
          at = next
        }
      }
      return taken
    },
  }
}

const isBlank = (block: Buffer, from: number, to: number) => to === from || (to === from + 1 && block[from] === RETURN)

/** Never quotes the line: where somebody gave a list of passwords by mistake, it would be one. */
function whyNot(block: Buffer, from: number, to: number): string {
  let digits = 0
  while (from + digits < to && (digitOf[block[from + digits] ?? 0] ?? NO_DIGIT) !== NO_DIGIT) digits++
  if (digits === 32) return 'begins with 32 hexadecimal digits: this looks like the NTLM list; take the SHA-1 one'
  if (digits === DIGITS) return 'has something other than ":" and a count behind its hash'
  return `begins with ${digits} hexadecimal digits where a SHA-1 has 40`
}
