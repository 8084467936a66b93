import { z } from 'zod'
import { LONGEST_HASH } from '../../credentials/password/formats/read-hash.ts'
import { fail, ok, type Result } from '../../lib/result.ts'

const record = z.strictObject({
  email: z.string(),
  name: z.string(),
  passwordHash: z.string().max(LONGEST_HASH).optional(),
  emailVerified: z.boolean().optional(),
})
export type ImportRecord = z.output<typeof record>

/** Or why not. Nothing of what stands in the line is repeated: it may be a hash. */
export function parseRecord(text: string | undefined): Result<ImportRecord, string> {
  if (text === undefined) return fail('is longer than 64 KB, or is not UTF-8 text')
  const json = parsed(text)
  if (!json.ok) return json
  const read = record.safeParse(json.value)
  return read.success ? ok(read.data) : fail(read.error.issues.map(inWords).join('; '))
}

function parsed(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text))
  } catch {
    return fail('is not one JSON object on one line')
  }
}

const inWords = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${path.join('.')}: ${message}`
