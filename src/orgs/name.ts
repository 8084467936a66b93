import { fail, ok, type Result } from '../lib/result.ts'

const MOST_CODE_POINTS = 200

/** Controls, line breaks, halves of characters, and what turns the direction of the text around a name on a page. */
const forbidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

/** Whatever companies are called. It stands in letters to strangers, so it brings no line and no direction of its own. */
export function parseOrgName(typed: string): Result<string, 'name-invalid'> {
  const name = typed.normalize('NFC').trim()
  const tooLong = Array.from(name).length > MOST_CODE_POINTS
  return tooLong || forbidden.test(name) || !visible.test(name) ? fail('name-invalid') : ok(name)
}
