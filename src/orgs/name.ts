import { unfitForLine } from '../lib/one-line.ts'
import { fail, ok, type Result } from '../lib/result.ts'

const MOST_CODE_POINTS = 200

const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

/** Whatever companies are called. It stands in letters to strangers, so it brings no line and no direction of its own. */
export function parseOrgName(typed: string): Result<string, 'name-invalid'> {
  const name = typed.normalize('NFC').trim()
  const tooLong = Array.from(name).length > MOST_CODE_POINTS
  return tooLong || unfitForLine.test(name) || !visible.test(name) ? fail('name-invalid') : ok(name)
}
