import { unfitForLine } from '../lib/one-line.ts'
import { fail, ok, type Result } from '../lib/result.ts'

const MAX_CODE_POINTS = 200

const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

/** Whatever people are called: any script, any number of words. */
export function parseName(typed: string): Result<string, 'name-invalid'> {
  const name = typed.normalize('NFC').trim()
  const length = Array.from(name).length
  if (length > MAX_CODE_POINTS || unfitForLine.test(name) || !visible.test(name)) return fail('name-invalid')
  return ok(name)
}
