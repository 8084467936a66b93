import { fail, ok, type Result } from '../lib/result.ts'

const MAX_CODE_POINTS = 200

/** Controls, line breaks, halves of characters, and what turns the direction of the text around a name on a page. */
const forbidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

/** Whatever people are called: any script, any number of words. */
export function parseName(typed: string): Result<string, 'name-invalid'> {
  const name = typed.normalize('NFC').trim()
  const length = Array.from(name).length
  if (length > MAX_CODE_POINTS || forbidden.test(name) || !visible.test(name)) return fail('name-invalid')
  return ok(name)
}
